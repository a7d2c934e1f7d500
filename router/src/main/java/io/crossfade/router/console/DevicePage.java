package io.crossfade.router.console;

import io.crossfade.db.CohortRows;
import io.crossfade.db.Kind;
import io.crossfade.router.operator.RefusedException;
import io.crossfade.router.reconciliation.ReconcilerController;
import io.crossfade.router.rollout.DeviceController;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** {@code /console/device}: where one device goes and why, and its last rows. */
@Controller
final class DevicePage {

  private final DeviceController devices;
  private final ReconcilerController reconciler;

  DevicePage(DeviceController devices, ReconcilerController reconciler) {
    this.devices = devices;
    this.reconciler = reconciler;
  }

  @GetMapping("/console/device")
  String page(
      @RequestParam(required = false) @Nullable String sn,
      @RequestParam(required = false) @Nullable Long customer,
      Model model)
      throws RefusedException, SQLException {
    model.addAttribute("cohorts", names(CohortRows::cohort));
    model.addAttribute("tenants", names(CohortRows::tenant));
    if (sn != null && !sn.isBlank()) {
      String serial = sn.strip();
      model.addAttribute("device", devices.device(serial, customer));
      model.addAttribute("rows", reconciler.device(serial));
    }
    return "console/device";
  }

  /** What kinds call those whose uploads they take, or what those belong to; each once. */
  private static List<String> names(Function<CohortRows, @Nullable String> name) {
    return Kind.all().stream()
        .map(kind -> kind.definition().cohortRows())
        .flatMap(rows -> Stream.ofNullable(name.apply(rows)))
        .distinct()
        .toList();
  }
}
