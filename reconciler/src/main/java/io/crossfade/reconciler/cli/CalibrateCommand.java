package io.crossfade.reconciler.cli;

import io.crossfade.db.DeliveryPath;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.ComparisonResult;
import io.crossfade.reconciler.diff.DifferenceClass;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Compares each output with itself. */
@Command(
    name = "calibrate",
    mixinStandardHelpOptions = true,
    description = "Compares each output with itself, which must give no difference: the noise.")
final class CalibrateCommand implements Callable<Integer> {

  @Mixin private Workbench workbench = new Workbench();
  @Mixin private WindowOptions window = new WindowOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    long noise = 0;
    long rows = 0;
    try (Workbench.Open open = workbench.open()) {
      for (DeliveryPath path : DeliveryPath.values()) {
        DataSource output = path == DeliveryPath.LEGACY ? open.legacy() : open.stream();
        ComparisonResult result =
            Drained.comparison(open, output, output).run(window.request(Origin.CALIBRATION));
        long compared = result.figures().keySet().stream().mapToLong(result::compared).sum();
        long differing = Arrays.stream(DifferenceClass.values()).mapToLong(result::count).sum();
        out.printf("%s with itself: %d rows, %d differences%n", path.label(), compared, differing);
        rows += compared;
        noise += differing;
      }
    }
    out.flush();
    return noise > 0 ? ExitCode.FAIL : rows == 0 ? ExitCode.INCONCLUSIVE : ExitCode.PASS;
  }
}
