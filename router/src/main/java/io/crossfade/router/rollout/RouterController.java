package io.crossfade.router.rollout;

import io.crossfade.db.control.RouterInstances;
import io.crossfade.db.control.RouterInstances.Forgotten;
import io.crossfade.router.operator.Reason;
import io.crossfade.router.operator.Recorded;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.RefusedException;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /api/rollout/routers}: which there are, and what people know of those that fell silent.
 */
@RestController
@RequestMapping("/api/rollout/routers")
public final class RouterController {

  private static final int MOST_FORGOTTEN = 1_000;

  /**
   * A router that neither reports nor has left.
   *
   * @param silentMillis since it reported last
   */
  public record SilentRouter(String instance, long silentMillis) {

    /** That it said nothing. */
    public Duration since() {
      return Duration.ofMillis(silentMillis);
    }
  }

  /**
   * A router that is up, or silent.
   *
   * @param answers whether it is the one that answers this
   * @param release of which it is; {@code null} where nobody says, as the next three
   * @param upSince when it began, by its clock
   * @param accepts whether it takes uploads; otherwise it only consumes
   * @param clockAheadMillis of its clock against the database's, with the time that its report took
   * @param version of the flags that it routes by
   * @param unheardMillis since it reported last
   */
  public record KnownRouter(
      String instance,
      boolean answers,
      boolean silent,
      @Nullable String release,
      @Nullable Instant upSince,
      @Nullable Boolean accepts,
      @Nullable Long clockAheadMillis,
      long version,
      long unheardMillis) {}

  /** Which router is known to be gone, and what is known of it. */
  public record ForgetRequest(@Nullable String instance, @Nullable String reason) {}

  private final Instances instances;

  RouterController(Instances instances) {
    this.instances = instances;
  }

  /** Those that are up or fell silent within a day, the silent ones first. */
  @GetMapping
  public List<KnownRouter> routers() {
    return instances.known().stream().map(this::known).toList();
  }

  private KnownRouter known(RouterInstances.Known router) {
    RouterInstances.Facts facts = router.facts();
    return new KnownRouter(
        router.instance(),
        router.instance().equals(instances.self()),
        router.silent(),
        facts == null ? null : facts.release(),
        facts == null ? null : facts.since(),
        facts == null ? null : facts.accepts(),
        router.clockAheadMillis(),
        router.version(),
        router.unheard().toMillis());
  }

  /** Those that fell silent within a day. */
  @GetMapping("/silent")
  public List<SilentRouter> silent() {
    return instances.silent().stream()
        .map(router -> new SilentRouter(router.instance(), router.since().toMillis()))
        .toList();
  }

  /** Takes one of them off the list, on record. */
  @PostMapping("/forgotten")
  public Recorded forget(@RequestBody ForgetRequest request, Principal actor)
      throws RefusedException {
    String reason = Reason.of(request.reason());
    String instance = request.instance() == null ? "" : request.instance();
    return switch (instances.forget(instance, actor.getName(), reason)) {
      case RouterInstances.Forgetting.Done done -> Recorded.of(done.act());
      case RouterInstances.Forgetting.Alive alive ->
          throw new RefusedException(
              Refusal.ROUTER_ALIVE,
              "The router %s reports: stop it, and it leaves the list by itself"
                  .formatted(instance));
      case RouterInstances.Forgetting.Unknown unknown ->
          throw new RefusedException(
              Refusal.NOT_FOUND, "No router is called %s".formatted(instance));
    };
  }

  /** Those that people have taken off the list, the newest first. */
  @GetMapping("/forgotten")
  public List<Forgotten> forgotten(@RequestParam(defaultValue = "100") int limit) {
    return instances.forgotten(Math.clamp(limit, 1, MOST_FORGOTTEN));
  }
}
