package io.crossfade.router.rehearsal;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.RecordId;
import io.crossfade.db.TestRows;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What must have become of the uploads of kinds that files define. */
final class DefinedCount {

  private final Map<String, Set<RecordId>> rows = new ConcurrentHashMap<>();
  private final LongAdder letters = new LongAdder();

  void add(AcceptedRecord record) {
    for (TestRows.Row row : TestRows.of(record)) {
      rows.computeIfAbsent(row.table(), table -> ConcurrentHashMap.newKeySet()).add(row.id());
    }
  }

  void addLetters(int count) {
    letters.add(count);
  }

  /** Rows of a table, however often they were sent. */
  long rows(String table) {
    return rows.getOrDefault(table, Set.of()).size();
  }

  long letters() {
    return letters.sum();
  }
}
