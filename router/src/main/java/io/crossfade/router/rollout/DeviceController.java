package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import io.crossfade.router.flags.Cohort;
import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.flags.RolloutFlags;
import io.crossfade.router.flags.RolloutState;
import io.crossfade.router.flags.Stage;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /api/rollout/devices}: where one device goes, and why. */
@RestController
public final class DeviceController {

  /**
   * Why a device goes where it goes.
   *
   * @param bucket its place among 10,000
   */
  public record DeviceView(String device, int bucket, List<DeviceOfKind> kinds) {}

  /** The same for one kind; {@code path} is where its v1 uploads go while Redis answers. */
  public record DeviceOfKind(
      Kind kind,
      Stage stage,
      BigDecimal percentage,
      String path,
      boolean mirrored,
      Cohort.Membership membership,
      String why) {}

  private final RolloutFlags flags;

  public DeviceController(RolloutFlags flags) {
    this.flags = flags;
  }

  @GetMapping("/api/rollout/devices/{sn}")
  public DeviceView device(
      @PathVariable String sn, @RequestParam(required = false) @Nullable Long customer) {
    RolloutState state = flags.state();
    return new DeviceView(
        sn,
        Cohort.bucket(sn),
        Arrays.stream(Kind.values())
            .map(
                kind -> {
                  KindFlags of = state.of(kind);
                  Cohort.Membership why = of.cohort().membership(sn, customer);
                  return new DeviceOfKind(
                      kind,
                      of.stage(),
                      of.cohort().percentage(),
                      why.member() ? "stream" : "legacy",
                      of.dualWrite(),
                      why,
                      "bucket %d, share %s %%: %s"
                          .formatted(Cohort.bucket(sn), of.cohort().percentage(), why.sentence()));
                })
            .toList());
  }
}
