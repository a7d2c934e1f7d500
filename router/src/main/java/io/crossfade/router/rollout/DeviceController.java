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

  /**
   * The same for one kind.
   *
   * @param path where its v1 uploads go while Redis answers
   * @param v2 where those go by which its client asks for the stream itself
   */
  public record DeviceOfKind(
      Kind kind,
      Stage stage,
      BigDecimal percentage,
      String path,
      boolean mirrored,
      Cohort.Membership membership,
      String why,
      AskedFor v2) {}

  /**
   * Where a client's upload to a {@code _v2} endpoint goes while Redis answers.
   *
   * @param heeded whether what it asks for counts
   */
  public record AskedFor(String path, boolean heeded, String why) {

    static AskedFor of(KindFlags flags, String path) {
      return flags.optIn()
          ? new AskedFor("stream", true, "the client asks for it, and the opt-in is on")
          : new AskedFor(path, false, "the opt-in is off: it goes as a v1 upload does");
    }
  }

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
                  String path = why.member() ? "stream" : "legacy";
                  return new DeviceOfKind(
                      kind,
                      of.stage(),
                      of.cohort().percentage(),
                      path,
                      of.dualWrite(),
                      why,
                      "bucket %d, share %s %%: %s"
                          .formatted(Cohort.bucket(sn), of.cohort().percentage(), why.sentence()),
                      AskedFor.of(of, path));
                })
            .toList());
  }
}
