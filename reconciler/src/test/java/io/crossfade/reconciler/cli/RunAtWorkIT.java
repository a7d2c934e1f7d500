package io.crossfade.reconciler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestOutputs;
import io.crossfade.reconciler.ComparisonRequest;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.Comparisons;
import io.crossfade.reconciler.HeldRun;
import io.crossfade.reconciler.diff.ComparisonWindow;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The command line beside somebody who compares. */
class RunAtWorkIT {

  private static final String FROM = "2000-01-01T00:00:00Z";
  private static final String TO = "2100-01-01T00:00:00Z";
  private static final ComparisonRequest HEALTH = request(Kind.HEALTH);

  private final TestOutputs outputs = new TestOutputs();
  private final Cli cli = new Cli(outputs.settings());

  @AfterEach
  void close() {
    outputs.close();
  }

  @Test
  void secondOfTwoSaysWhoIsAtIt() throws Exception {
    new Output(outputs.legacy()).write(List.of(SampleRecords.health("BUSY", 1)));
    try (HeldRun held = new HeldRun(outputs, HEALTH, true)) {
      Cli.Said second = compare();
      assertThat(second.code()).isEqualTo(4);
      assertThat(second.err()).matches("error: run 1 is at work \\(by .+, since .+\\)\\n");
      assertThat(cli.run("runs").out()).containsPattern("at 0 %, by ");
      assertThat(held.finish().id()).isEqualTo(1);
    }
  }

  /** It moves its claim on no more: after a while the run is anybody's. */
  @Test
  void runOfAWorkerThatIsGoneIsGoneOnWith() throws Exception {
    new Output(outputs.legacy()).write(List.of(SampleRecords.health("GONE", 1)));
    try (HeldRun gone = new HeldRun(outputs, HEALTH, false)) {
      assertThat(compare()).returns(1, Cli.Said::code);
      assertThat(gone.fail()).hasMessageContaining("taken over");
    }
    assertThat(TestOutputs.number(outputs.control(), "SELECT COUNT(*) FROM comparison"))
        .isEqualTo(1);
  }

  @Test
  void barShowsItsOwnRunBesideANewerOne() throws Exception {
    new Output(outputs.legacy()).write(List.of(SampleRecords.health("BAR", 1)));
    Comparisons comparisons = new Comparisons(outputs.control(), InstantSource.system());
    ProgressBar bar = new ProgressBar();
    assertThat(bar.state(comparisons)).as("not begun").isEmpty();
    try (HeldRun own = new HeldRun(outputs, HEALTH, true);
        HeldRun newer = new HeldRun(outputs, request(Kind.EVENT), true)) {
      TestOutputs.update(
          outputs.control(),
          "UPDATE comparison SET progress = REGEXP_REPLACE(REGEXP_REPLACE(progress,"
              + " '\"expected\":[0-9]+', '\"expected\":10'), '\"consumed\":0', '\"consumed\":15')"
              + " WHERE id = 2");
      bar.of(1);
      assertThat(bar.state(comparisons)).get().asString().contains("  0 %");
      bar.of(2);
      assertThat(bar.state(comparisons)).get().asString().contains(" 75 %");
      newer.finish();
      assertThat(bar.state(comparisons)).as("ended").isEmpty();
      own.finish();
    }
  }

  private Cli.Said compare() {
    return cli.run("compare", "--drained", "--from", FROM, "--to", TO, "--kind", "health");
  }

  private static ComparisonRequest request(Kind kind) {
    return new ComparisonRequest(
        Origin.ON_DEMAND,
        new ComparisonWindow(Instant.parse(FROM), Instant.parse(TO)),
        Set.of(kind));
  }
}
