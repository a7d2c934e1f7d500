package io.crossfade.reconciler;

import io.crossfade.db.Kind;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import io.crossfade.reconciler.Comparisons.Look;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What comparisons of the last seven days found and nobody has dealt with, whatever was switched
 * since. A window that was compared again as a whole, with a proof, counts as the newest run found
 * it: a rule, or a repair by other means, shows there. A run that may have missed rows clears none.
 */
public final class OpenFindings {

  private static final Duration REMEMBERED = Duration.ofDays(7);

  /** So long a comparison without a full proof makes people look. */
  private static final Duration PROOF_MATTERS = Duration.ofHours(1);

  /** What is read of a kind at once: so many rows that differ, at most. */
  private static final int MOST_READ = 10_000;

  /**
   * So many rows.
   *
   * @param more whether there may be more of them: they are too many to be read for this
   */
  public record Count(long rows, boolean more) {}

  /**
   * Of one kind.
   *
   * @param unexplained rows on which the outputs do not agree, and nobody knows why
   * @param urgentMissing urgent records that an output lacks, explained or not
   * @param urgentUnexplained of those, how many nobody knows why
   * @param run the newest that found something open; empty when none did
   * @param brokenProofs comparisons that ended in the last hour and missed a plant or invented one
   * @param unproven comparisons that ended in the last hour, in whose rows nothing could be
   *     planted, while none had a full proof
   */
  public record Found(
      Count unexplained,
      Count urgentMissing,
      Count urgentUnexplained,
      OptionalLong run,
      long brokenProofs,
      long unproven) {}

  /** What was read without a run having finished meanwhile is read again after so long. */
  private static final Duration KNOWN_FOR = Duration.ofSeconds(10);

  private static final Count NO_ROWS = new Count(0, false);

  private static final Found NONE =
      new Found(NO_ROWS, NO_ROWS, NO_ROWS, OptionalLong.empty(), 0, 0);

  private record Known(
      Comparisons.Mark mark, Instant at, List<Look> looks, Map<Kind, Found> differences) {}

  private final Comparisons comparisons;
  private final InstantSource clock;
  private final int mostRead;
  private @Nullable Known known;

  public OpenFindings(Comparisons comparisons, InstantSource clock) {
    this(comparisons, clock, MOST_READ);
  }

  OpenFindings(Comparisons comparisons, InstantSource clock, int mostRead) {
    this.comparisons = comparisons;
    this.clock = clock;
    this.mostRead = mostRead;
  }

  /** What is open now, of every kind. Read seldom: the console asks often. */
  public synchronized Map<Kind, Found> now() {
    Instant now = clock.instant();
    Comparisons.Mark mark = comparisons.mark();
    Known read = known;
    if (read == null || !read.mark().equals(mark) || read.at().plus(KNOWN_FOR).isBefore(now)) {
      List<Look> looks = comparisons.looks(now.minus(REMEMBERED), now.minus(PROOF_MATTERS));
      read = new Known(mark, now, looks, differences(newest(looks)));
      known = read;
    }
    Map<Kind, Found> found = new TreeMap<>();
    for (Kind kind : Kind.values()) {
      found.put(
          kind,
          withProofs(
              read.differences().getOrDefault(kind, NONE),
              read.looks().stream()
                  .filter(look -> look.figures().kind().equals(kind))
                  .filter(look -> look.ended().isAfter(now.minus(PROOF_MATTERS)))
                  .map(Look::figures)
                  .toList()));
    }
    return found;
  }

  /** Of looks at one kind, those whose window no newer one with a proof covers. */
  static List<Look> newest(List<Look> looks) {
    List<Look> newest = new ArrayList<>();
    // A rolling run never looks at a moment that another one looked at.
    List<Look> others = looks.stream().filter(look -> !isRolling(look)).toList();
    for (Look look : looks) {
      List<Look> again = isRolling(look) ? others : looks;
      if (again.stream().noneMatch(later -> later.run() > look.run() && covers(later, look))) {
        newest.add(look);
      }
    }
    return newest;
  }

  private static boolean isRolling(Look look) {
    return look.origin() == ComparisonRequest.Origin.ROLLING;
  }

  private static boolean covers(Look later, Look look) {
    return later.figures().isProven()
        && later.figures().kind().equals(look.figures().kind())
        && !later.figures().window().from().isAfter(look.figures().window().from())
        && !later.figures().window().to().isBefore(look.figures().window().to());
  }

  private Map<Kind, Found> differences(List<Look> looks) {
    Map<Kind, List<Look>> ofKinds = new TreeMap<>();
    looks.stream()
        .filter(look -> look.figures().compared() > look.figures().good())
        .forEach(
            look ->
                ofKinds.computeIfAbsent(look.figures().kind(), k -> new ArrayList<>()).add(look));
    Map<Kind, Found> differences = new TreeMap<>();
    ofKinds.forEach((kind, of) -> differences.put(kind, differences(kind, of)));
    return differences;
  }

  /**
   * Each row once of as many looks as may be read, the newest first. Of one that is left out its
   * own figures are known: there are at least as many rows as the greatest of them says.
   */
  private Found differences(Kind kind, List<Look> looks) {
    List<Long> runs = new ArrayList<>();
    List<KindFigures> leftOut = new ArrayList<>();
    long rows = 0;
    for (Look look : looks.reversed()) {
      // Repaired ones are among the rows that are kept of it.
      long ofLook = look.figures().compared() - look.figures().matching();
      if (rows + ofLook <= mostRead) {
        runs.add(look.run());
        rows += ofLook;
      } else {
        leftOut.add(look.figures());
      }
    }
    long unexplained = 0;
    long urgentMissing = 0;
    long urgentUnexplained = 0;
    for (OutputTable<?> table : OutputTables.of(kind)) {
      Comparisons.Rows read = comparisons.rows(runs, table.name());
      unexplained += read.unexplained();
      urgentMissing += read.urgentMissing();
      urgentUnexplained += read.urgentUnexplained();
    }
    OptionalLong newest =
        looks.stream()
            .filter(
                look ->
                    look.figures().unexplained() > 0
                        || look.figures().urgentMissing() + look.figures().urgentExplained() > 0)
            .mapToLong(Look::run)
            .max();
    return new Found(
        atLeast(unexplained, leftOut, KindFigures::unexplained),
        atLeast(urgentMissing, leftOut, of -> of.urgentMissing() + of.urgentExplained()),
        atLeast(urgentUnexplained, leftOut, KindFigures::urgentMissing),
        newest,
        0,
        0);
  }

  private static Count atLeast(
      long read, List<KindFigures> leftOut, ToLongFunction<KindFigures> figure) {
    long most = leftOut.stream().mapToLong(figure).max().orElse(0);
    return new Count(Math.max(read, most), most > 0);
  }

  private static Found withProofs(Found of, List<KindFigures> lately) {
    long broken = lately.stream().filter(figures -> figures.proof().isBroken()).count();
    boolean full = lately.stream().anyMatch(figures -> figures.proven() > 0);
    long bare =
        lately.stream()
            .filter(figures -> !figures.isProven() && !figures.proof().isBroken())
            .count();
    return new Found(
        of.unexplained(),
        of.urgentMissing(),
        of.urgentUnexplained(),
        of.run(),
        broken,
        full ? 0 : bare);
  }
}
