package io.crossfade.reconciler.tables;

import io.crossfade.reconciler.verdict.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** For a terminal: figures of each table, and its first differences. */
final class TextDiffReport implements DiffReport {

  /** More of them are in the other formats. */
  private static final int SHOWN = 20;

  private final PrintWriter out;

  TextDiffReport(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void add(TableDiff diff, TableOutcome outcome, @Nullable RepairOutcome repair)
      throws IOException {
    out.printf(
        Locale.ROOT,
        "%s  %s: %s (%,d rows left, %,d right, %,d the same, %.1f s)%n",
        outcome.verdict(),
        outcome.table(),
        DiffReport.words(outcome.verdict()),
        outcome.leftRows(),
        outcome.rightRows(),
        outcome.same(),
        outcome.took().toMillis() / 1e3);
    outcome.notices().forEach(notice -> out.println("  note: " + notice));
    outcome.rules().forEach(rule -> out.println("  rule: " + rule));
    outcome
        .differences()
        .forEach((sort, rows) -> out.printf(Locale.ROOT, "  %,d %s%n", rows, words(sort)));
    if (outcome.late() > 0) {
      out.printf(Locale.ROOT, "  %,d became the same while they were looked at%n", outcome.late());
    }
    if (outcome.young() > 0) {
      out.printf(
          Locale.ROOT, "  %,d not judged: written later than they settle%n", outcome.young());
    }
    if (outcome.verdict() != Verdict.FAIL || outcome.proof().isBroken()) {
      out.println("  proof: " + outcome.proof());
    }
    long[] left = {SHOWN};
    diff.forEachDifference(
        one -> {
          if (left[0]-- > 0) {
            out.println("  " + line(one));
          }
        });
    if (left[0] < 0) {
      out.printf(Locale.ROOT, "  … and %,d more: --format csv has all%n", -left[0]);
    }
    if (repair != null) {
      repair.words().forEach(words -> out.println("  " + words));
    }
  }

  @Override
  public void end() {
    out.flush();
  }

  private static String line(TableDiff.Told one) {
    StringBuilder line = new StringBuilder(one.key()).append(": ").append(words(one.sort()));
    for (TableDiff.Told.Value value : one.columns()) {
      line.append("; ")
          .append(value.column())
          .append(' ')
          .append(Objects.requireNonNullElse(value.left(), "NULL"))
          .append(" | ")
          .append(Objects.requireNonNullElse(value.right(), "NULL"));
    }
    return line.toString();
  }

  static String words(RowDifference.Sort sort) {
    return switch (sort) {
      case ONLY_LEFT -> "in left only";
      case ONLY_RIGHT -> "in right only";
      case DIFFERS -> "not the same";
      case KEEPS_CHANGING -> "changed each time they were looked at";
    };
  }
}
