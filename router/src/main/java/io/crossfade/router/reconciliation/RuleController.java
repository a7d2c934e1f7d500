package io.crossfade.router.reconciliation;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.explain.ExplanationRules;
import io.crossfade.reconciler.explain.ExplanationRules.Rule;
import io.crossfade.router.operator.Choice;
import io.crossfade.router.operator.Reason;
import io.crossfade.router.operator.Recorded;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.RefusedException;
import java.security.Principal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /api/reconciler/rules}: differences that somebody answers for until a day. */
@RestController
@RequestMapping("/api/reconciler/rules")
public final class RuleController {

  /** Of which it is said how many differences a rule explains. */
  public static final int RUNS = 20;

  private static final int MOST_COUNTED = 100_000;

  /** A rule as it is asked for; its owner is whoever asks. */
  public record RuleRequest(
      @Nullable Kind kind,
      @Nullable DifferenceClass difference,
      @Nullable String column,
      @Nullable String device,
      @Nullable String reason,
      @Nullable Instant until) {}

  /**
   * A rule, and what it does.
   *
   * @param valid whether it explains still
   * @param explained how many differences of the newest runs
   */
  public record KeptRule(
      long id,
      Kind kind,
      @Nullable DifferenceClass difference,
      @Nullable String column,
      @Nullable String deviceSn,
      String owner,
      String reason,
      Instant createdAt,
      Instant expiresAt,
      boolean valid,
      long explained) {}

  /** The rule that was added. */
  public record Added(long id) {}

  private final ExplanationRules rules;
  private final InstantSource clock;

  public RuleController(ExplanationRules rules, InstantSource clock) {
    this.rules = rules;
    this.clock = clock;
  }

  /** The newest first, also those that have expired. */
  @GetMapping
  public List<KeptRule> rules() {
    Map<Long, Long> explained = rules.explained(RUNS, MOST_COUNTED);
    Instant now = clock.instant();
    return rules.all().stream()
        .map(
            rule ->
                new KeptRule(
                    rule.id(),
                    rule.kind(),
                    rule.difference(),
                    rule.column(),
                    rule.deviceSn(),
                    rule.owner(),
                    rule.reason(),
                    rule.createdAt(),
                    rule.expiresAt(),
                    rule.expiresAt().isAfter(now),
                    explained.getOrDefault(rule.id(), 0L)))
        .toList();
  }

  @PostMapping
  public Added addRule(@RequestBody RuleRequest request, Principal actor) throws RefusedException {
    Kind kind = request.kind();
    if (kind == null) {
      throw new RefusedException(Refusal.UNREADABLE, "A rule needs a kind");
    }
    Instant until = Choice.moment("until", request.until());
    try {
      long id =
          rules.add(
              new Rule(
                  0,
                  kind,
                  request.difference(),
                  request.column(),
                  request.device(),
                  actor.getName(),
                  Reason.of(request.reason()),
                  clock.instant(),
                  until));
      return new Added(id);
    } catch (IllegalArgumentException e) {
      throw RefusedException.unreadable(e);
    }
  }

  @DeleteMapping("/{id}")
  public Recorded endRule(@PathVariable long id, Principal actor) throws RefusedException {
    return rules
        .end(id, actor.getName())
        .map(Recorded::of)
        .orElseThrow(
            () ->
                new RefusedException(
                    Refusal.NOT_FOUND, "There is no rule %d that is valid".formatted(id)));
  }
}
