package io.crossfade.router.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.crossfade.db.Kind;
import io.crossfade.db.control.AuditLog;
import io.crossfade.db.control.AuditLog.Act;
import io.crossfade.db.control.AuditLog.Action;
import io.crossfade.db.control.AuditLog.Entry;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /api/audit}: who did what, when and why. */
@RestController
@RequestMapping("/api/audit")
public final class AuditController {

  private static final int MOST = 1_000;

  /**
   * One act.
   *
   * @param kind label of the kind that it concerns; {@code null} for none, or all
   * @param object what it was done to, for example {@code run 12}
   * @param receipt id of a rollback or a repair
   * @param figures of that moment; of a change, those of its gates
   * @param page of the console that shows more
   */
  public record View(
      long id,
      Instant at,
      String actor,
      Action action,
      @Nullable String kind,
      @Nullable String object,
      @Nullable String detail,
      @Nullable String reason,
      @Nullable String receipt,
      @Nullable JsonNode figures,
      @Nullable String page) {}

  /**
   * Which acts, as somebody asks for them. What is empty matches everything.
   *
   * @param to the first moment behind
   */
  public record Wanted(
      @Nullable String actor,
      @Nullable String action,
      @Nullable String kind,
      @Nullable Instant from,
      @Nullable Instant to) {

    AuditLog.Filter filter() throws RefusedException {
      Kind one = Choice.kind(kind);
      return new AuditLog.Filter(
          actor == null || actor.isBlank() ? null : actor.strip(),
          Choice.of(Action.class, action),
          one == null ? null : one.name(),
          from == null ? null : Choice.moment("from", from),
          to == null ? null : Choice.moment("to", to));
    }
  }

  private final AuditLog audit;
  private final ObjectMapper json;

  AuditController(AuditLog audit, ObjectMapper json) {
    this.audit = audit;
    this.json = json;
  }

  /**
   * The newest first.
   *
   * @param before the {@code id} of the last act of the page before
   */
  @GetMapping
  public List<View> acts(
      Wanted wanted,
      @RequestParam(required = false) @Nullable Long before,
      @RequestParam(defaultValue = "100") int limit)
      throws RefusedException {
    return audit.newest(wanted.filter(), before, Math.clamp(limit, 1, MOST)).stream()
        .map(this::view)
        .toList();
  }

  @GetMapping("/{id}")
  public View act(@PathVariable long id) throws RefusedException {
    return audit
        .find(id)
        .map(this::view)
        .orElseThrow(() -> new RefusedException(Refusal.NOT_FOUND, "There is no act " + id));
  }

  /** All of them as a file, the newest first. */
  @GetMapping("/acts.csv")
  public void csv(Wanted wanted, HttpServletResponse response)
      throws RefusedException, IOException {
    AuditLog.Filter filter = wanted.filter();
    List<Entry> first = audit.newest(filter, null, MOST);
    response.setContentType("text/csv;charset=utf-8");
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("Content-Disposition", "attachment; filename=\"crossfade-audit.csv\"");
    AuditCsv.write(first, last -> audit.newest(filter, last, MOST), response.getWriter());
  }

  private View view(Entry entry) {
    Act act = entry.act();
    String kind = act.kind();
    return new View(
        entry.id(),
        entry.at(),
        act.actor(),
        act.action(),
        kind == null ? null : label(kind),
        act.object(),
        act.detail(),
        act.reason(),
        act.receipt(),
        figures(act.figures()),
        page(act));
  }

  /** Also of a kind that this process has not. */
  private static String label(String kind) {
    return Kind.ofName(kind).map(Kind::label).orElse(kind.toLowerCase(Locale.ROOT));
  }

  private @Nullable JsonNode figures(@Nullable String kept) {
    if (kept == null) {
      return null;
    }
    try {
      return json.readTree(kept);
    } catch (JsonProcessingException e) {
      return TextNode.valueOf(kept);
    }
  }

  private static @Nullable String page(Act act) {
    String object = act.object();
    return switch (act.action()) {
      case FLAGS, HOLD, RELEASE, ROUTER_FORGOTTEN -> "/console/rollout";
      case REPAIR ->
          object == null || !object.matches("run \\d+")
              ? "/console/differences"
              : "/console/differences?run=" + object.substring("run ".length());
      case PAUSE, RESUME, RUN, RULE, RULE_ENDED -> "/console/differences";
      case REDRIVE, DISCARD ->
          object == null || !object.matches("[a-z]+/[0-9a-f]{32}")
              ? "/console/dead-letters?state=discarded"
              : "/console/dead-letters/" + object;
      case LOGIN, LOGIN_FAILED, LOGOUT -> null;
    };
  }
}
