package io.crossfade.reconciler.diff;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.OutputTable;
import io.crossfade.db.RecordId;
import io.crossfade.db.StoredRow;
import io.crossfade.db.TableReader;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One table of the two outputs. */
record OutputPair(OutputTable<?> table, TableReader legacy, TableReader stream) {

  /** Ids that are looked for at once. */
  static final int AT_ONCE = 500;

  /** The same with plants in them. */
  OutputPair with(Plants plants) {
    return new OutputPair(
        table,
        new Saboteur(legacy, table, DeliveryPath.LEGACY, plants),
        new Saboteur(stream, table, DeliveryPath.STREAM, plants));
  }

  /** What they have now of these ids, typed; an id that neither has is left out. */
  Map<RecordId, RowPair> find(List<RecordId> ids) throws SQLException {
    Map<RecordId, StoredRow> left = legacy.find(ids);
    Map<RecordId, StoredRow> right = stream.find(ids);
    Map<RecordId, RowPair> pairs = new LinkedHashMap<>();
    for (RecordId id : ids) {
      if (left.containsKey(id) || right.containsKey(id)) {
        pairs.put(id, new RowPair(table, left.get(id), right.get(id)));
      }
    }
    return pairs;
  }
}
