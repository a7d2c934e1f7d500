package io.crossfade.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RowCopierIT {

  private static final int RECORDS = 60;

  /** A pool keeps a writer's statements, and a repair runs the same ones. */
  @Test
  void missingRowsAreBroughtOverThroughConnectionsThatAWriterUsed() throws Exception {
    try (TestOutputs outputs = new TestOutputs()) {
      writeOneByOne(outputs, 3);
      for (Kind kind : Kind.values()) {
        for (OutputTable<?> table : OutputTables.of(kind)) {
          List<RecordId> ids = TestOutputs.ids(outputs.legacy(), table);
          assertThat(ids).as(table.name()).hasSizeGreaterThan(2);
          TestOutputs.update(outputs.stream(), "DELETE FROM " + table.name());
          RowCopier toStream = new RowCopier(table, outputs.legacy(), outputs.stream());
          assertThat(toStream.insert(ids.subList(0, 1))).isEqualTo(1);
          assertThat(toStream.insert(ids.subList(1, ids.size()))).isEqualTo(ids.size() - 1);
        }
      }
      assertOutputsAreEqual(outputs);
      writeOneByOne(outputs, 4);
      assertOutputsAreEqual(outputs);
    }
  }

  private static void writeOneByOne(TestOutputs outputs, long seed) throws Exception {
    for (AcceptedRecord record : new SampleRecords(seed).crowded(RECORDS)) {
      new Output(outputs.legacy()).write(List.of(record));
      new Output(outputs.stream()).write(List.of(record));
    }
  }

  private static void assertOutputsAreEqual(TestOutputs outputs) {
    for (Kind kind : Kind.values()) {
      assertThat(TestOutputs.rows(outputs.stream(), kind))
          .isEqualTo(TestOutputs.rows(outputs.legacy(), kind));
    }
  }
}
