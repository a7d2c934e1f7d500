package io.crossfade.reconciler.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.crossfade.db.DeliveryPath;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.ComparisonResult;
import io.crossfade.reconciler.diff.DifferenceClass;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Compares each output with itself. */
@Command(
    name = "calibrate",
    mixinStandardHelpOptions = true,
    description = "Compares each output with itself, which must give no difference: the noise.")
final class CalibrateCommand implements Callable<Integer> {

  private static final List<Column> COLUMNS =
      List.of(Column.of("output"), Column.of("rows"), Column.of("differences"));

  @Mixin private Workbench workbench = new Workbench();
  @Mixin private WindowOptions window = new WindowOptions();
  @Mixin private AnswerOptions answer = new AnswerOptions();

  @Override
  public Integer call() throws Exception {
    ArrayNode outputs = AnswerOptions.array();
    long noise = 0;
    long rows = 0;
    try (Workbench.Open open = workbench.open()) {
      for (DeliveryPath path : DeliveryPath.values()) {
        DataSource output = path == DeliveryPath.LEGACY ? open.legacy() : open.stream();
        ComparisonResult result =
            Drained.comparison(open, output, output).run(window.request(Origin.CALIBRATION));
        long compared = result.figures().keySet().stream().mapToLong(result::compared).sum();
        long differing = Arrays.stream(DifferenceClass.values()).mapToLong(result::count).sum();
        outputs
            .addObject()
            .put("output", path.label())
            .put("rows", compared)
            .put("differences", differing);
        rows += compared;
        noise += differing;
      }
    }
    if (answer.isText()) {
      outputs.forEach(
          one ->
              answer
                  .out()
                  .printf(
                      "%s with itself: %s rows, %s differences%n",
                      one.path("output").asText(), one.path("rows"), one.path("differences")));
      answer.out().flush();
    } else {
      answer.list(outputs, outputs, COLUMNS, "");
    }
    return noise > 0 ? ExitCode.FAIL : rows == 0 ? ExitCode.INCONCLUSIVE : ExitCode.PASS;
  }
}
