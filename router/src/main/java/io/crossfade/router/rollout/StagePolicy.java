package io.crossfade.router.rollout;

import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.flags.Stage;
import io.crossfade.router.gates.Gate;
import io.crossfade.router.gates.GatePolicy.Promotion;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Says which changes of a kind's flags make sense, and what a promotion must show. Pure. */
final class StagePolicy {

  private StagePolicy() {}

  /** Why a change is refused; {@code null} when it is not. */
  static @Nullable String objection(KindFlags from, KindFlags to) {
    if (from.equals(to)) {
      return "it is %s already".formatted(from);
    }
    return switch (to.stage()) {
      case NONE -> to.danger();
      case LEGACY ->
          from.stage() == Stage.SHADOW
              ? null
              : "%s to legacy stops the copies while the stream still serves; go to shadow first"
                  .formatted(from);
      case SHADOW ->
          from.stage() == Stage.COMPLETE
              ? "the legacy output has nothing since complete began; go to live first, or roll back"
              : null;
      case CANARY ->
          switch (from.stage()) {
            case LEGACY ->
                "legacy to canary skips shadow: nothing shows that the stream output is right";
            case COMPLETE -> "the legacy output has nothing since complete began; go to live first";
            case SHADOW, CANARY, LIVE, NONE -> null;
          };
      case LIVE ->
          switch (from.stage()) {
            case LEGACY, SHADOW -> from + " to live skips canary: all devices would move at once";
            case CANARY, LIVE, COMPLETE, NONE -> null;
          };
      case COMPLETE ->
          from.stage() == Stage.LIVE
              ? null
              : from + " to complete skips live: nothing shows that the stream carries all devices";
    };
  }

  /**
   * The promotion that a change is; empty when it takes nothing towards complete. Within canary
   * whatever lets the stream serve one more device is one: a share, a device, a customer, or a
   * denial that ends.
   */
  static Optional<Promotion> promotion(KindFlags from, KindFlags to) {
    if (to.stage().isPast(from.stage()) || from.stage() == Stage.NONE) {
      return switch (to.stage()) {
        case SHADOW, LEGACY, NONE -> Optional.empty();
        case CANARY -> Optional.of(Promotion.TO_CANARY);
        case LIVE -> Optional.of(Promotion.TO_LIVE);
        case COMPLETE -> Optional.of(Promotion.TO_COMPLETE);
      };
    }
    boolean raised =
        from.stage() == Stage.CANARY
            && to.stage() == Stage.CANARY
            && to.cohort().widens(from.cohort());
    return raised ? Optional.of(Promotion.WITHIN_CANARY) : Optional.empty();
  }

  /**
   * What must be shown for a promotion. One that moves every device that is known amounts to live,
   * whatever its percentage.
   */
  static List<Gate> gates(Promotion promotion, KnownDevices.@Nullable Moves moves) {
    boolean all = moves != null && moves.known() > 0 && moves.members() == moves.known();
    return switch (promotion) {
      case TO_SHADOW, TO_LIVE, TO_COMPLETE -> promotion.gates();
      case TO_CANARY, WITHIN_CANARY ->
          !all
              ? promotion.gates()
              : Stream.concat(promotion.gates().stream(), Promotion.TO_LIVE.gates().stream())
                  .distinct()
                  .toList();
    };
  }
}
