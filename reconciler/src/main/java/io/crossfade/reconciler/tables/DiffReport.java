package io.crossfade.reconciler.tables;

import io.crossfade.reconciler.verdict.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** Says what came of a run. Holds a few differences at a time, however many there are. */
public interface DiffReport {

  /**
   * Tells of one table.
   *
   * @param repair what was written afterwards; {@code null} when nothing was
   */
  void add(TableDiff diff, TableOutcome outcome, @Nullable RepairOutcome repair) throws IOException;

  /** After the last one. */
  void end() throws IOException;

  /** For a terminal. */
  static DiffReport text(PrintWriter out) {
    return new TextDiffReport(out);
  }

  /** One object, with every difference. */
  static DiffReport json(PrintWriter out) throws IOException {
    return new JsonDiffReport(out);
  }

  /** Every difference, a line for each column that differs. */
  static DiffReport csv(PrintWriter out) throws IOException {
    return new CsvDiffReport(out);
  }

  /** One page that needs nothing else. */
  static DiffReport html(PrintWriter out) {
    return new HtmlDiffReport(out);
  }

  /** The answer in words. */
  static String words(Verdict verdict) {
    return switch (verdict) {
      case PASS -> "the same";
      case FAIL -> "not the same";
      case INCONCLUSIVE -> "too little to say";
    };
  }
}
