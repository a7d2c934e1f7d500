package io.crossfade.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.Comparisons.Look;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Proof;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OpenFindingsTest {

  private static final int MINUTES = 12;

  private static final List<Proof> PROOFS =
      List.of(
          new Proof(3, 3, 0, 0),
          new Proof(3, 3, 0, 0),
          Proof.NONE,
          new Proof(3, 2, 0, 0),
          new Proof(3, 3, 1, 0),
          new Proof(3, 3, 0, 2));

  /**
   * Minute by minute: a look counts until a later one with a full proof has seen all minutes of its
   * window.
   */
  @Test
  void windowThatWasComparedAgainAsAWholeCountsAsTheNewestRunFoundIt() {
    for (long seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      List<Look> looks = new ArrayList<>();
      int rolled = 0;
      int runs = 1 + random.nextInt(15);
      for (int run = 1; run <= runs; run++) {
        boolean rolling = random.nextInt(3) > 0 && rolled < MINUTES;
        int from = rolling ? rolled : random.nextInt(MINUTES);
        int to = rolling ? from + 1 : from + 1 + random.nextInt(MINUTES - from);
        rolled = rolling ? to : rolled;
        for (Kind kind : Kind.values()) {
          if (rolling || random.nextBoolean()) {
            looks.add(
                look(
                    run,
                    rolling
                        ? Origin.ROLLING
                        : random.nextBoolean() ? Origin.NIGHTLY : Origin.ON_DEMAND,
                    kind,
                    from,
                    to,
                    PROOFS.get(random.nextInt(PROOFS.size()))));
          }
        }
      }
      List<Look> expected = looks.stream().filter(look -> isNewest(look, looks)).toList();
      assertThat(OpenFindings.newest(looks)).as("seed %d", seed).isEqualTo(expected);
    }
  }

  private static boolean isNewest(Look look, List<Look> looks) {
    for (Look later : looks) {
      boolean again =
          later.run() > look.run() && later.figures().kind().equals(look.figures().kind());
      Proof proof = later.figures().proof();
      again &= proof.planted() == 3 && proof.found() == 3;
      again &= proof.invented() == 0 && proof.bare() == 0;
      ComparisonWindow window = later.figures().window();
      for (Instant minute = look.figures().window().from();
          minute.isBefore(look.figures().window().to());
          minute = minute.plusSeconds(60)) {
        again &= !minute.isBefore(window.from()) && minute.isBefore(window.to());
      }
      if (again) {
        return false;
      }
    }
    return true;
  }

  private static Look look(long run, Origin origin, Kind kind, int from, int to, Proof proof) {
    Instant begin = Instant.parse("2026-11-27T00:00:00Z");
    return new Look(
        run,
        origin,
        begin,
        new KindFigures(
            kind,
            new ComparisonWindow(begin.plusSeconds(60L * from), begin.plusSeconds(60L * to)),
            1,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            proof));
  }
}
