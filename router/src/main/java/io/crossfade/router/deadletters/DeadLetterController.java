package io.crossfade.router.deadletters;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordCodec;
import io.crossfade.db.RecordCodec.UnreadableEntryException;
import io.crossfade.db.control.DeadLetterDesk;
import io.crossfade.db.control.DeadLetterDesk.Closed;
import io.crossfade.db.control.DeadLetterDesk.Kept;
import io.crossfade.db.control.DeadLetterDesk.State;
import io.crossfade.db.control.DeadLetters.BodyFormat;
import io.crossfade.db.control.DeadLetters.Letter;
import io.crossfade.db.control.DeadLetters.Source;
import io.crossfade.db.control.LetterQuota;
import io.crossfade.router.operator.Choice;
import io.crossfade.router.operator.Reason;
import io.crossfade.router.operator.Recorded;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.RefusedException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /api/dead-letters}: what no output could take. */
@RestController
@RequestMapping("/api/dead-letters")
public final class DeadLetterController {

  private static final int MOST = 1_000;

  /** Given up by one request at most. */
  private static final int MOST_AT_ONCE = 10_000;

  /**
   * A letter for people.
   *
   * @param key 32 hexadecimal digits
   * @param place what to ask for as {@code after} to go on behind this letter
   * @param bytes of its body
   * @param whole whether {@code body} is all of it; in a list it is the first KB
   * @param body the item as the device sent it, or the record as JSON: health data
   */
  public record View(
      Source source,
      String key,
      Kind kind,
      String reason,
      int attempts,
      String place,
      long bytes,
      boolean whole,
      String body,
      Instant firstAt,
      Instant lastAt,
      State state,
      @Nullable Closed closed) {}

  /**
   * Which open letters are given up, and why.
   *
   * @param died the whole reason for which they died; {@code null} for any
   */
  public record Discard(
      @Nullable String source,
      @Nullable String kind,
      @Nullable String died,
      @Nullable String reason) {}

  /**
   * Letters that were given up.
   *
   * @param letters how many
   * @param acts ids of the entries of the audit; none when there was no letter
   */
  public record Discarded(int letters, List<Long> acts) {}

  /**
   * Which open letters are tried once more.
   *
   * @param died the whole reason for which they died; {@code null} for any
   */
  public record Again(@Nullable String source, @Nullable String kind, @Nullable String died) {}

  /**
   * Letters that were tried once more.
   *
   * @param letters how many are closed
   * @param stillDead how many died again
   * @param left whether the rest was left because no path takes any now
   * @param acts ids of the entries of the audit, one a letter
   */
  public record Redriven(int letters, int stillDead, boolean left, List<Long> acts) {}

  /** Why a letter is given up. */
  public record Because(@Nullable String reason) {}

  private final DeadLetterDesk desk;
  private final Redrive redrive;
  private final LetterQuota quota;
  private final ObjectMapper json;

  public DeadLetterController(
      DeadLetterDesk desk, Redrive redrive, LetterQuota quota, ObjectMapper json) {
    this.desk = desk;
    this.redrive = redrive;
    this.quota = quota;
    this.json = json;
  }

  /**
   * The newest first, with the first KB of each.
   *
   * @param died the whole reason for which they died; {@code null} for any
   * @param after the {@code place} of the last letter of the page before
   */
  @GetMapping
  public List<View> letters(
      @RequestParam(required = false) @Nullable String source,
      @RequestParam(required = false) @Nullable String kind,
      @RequestParam(required = false) @Nullable String state,
      @RequestParam(required = false) @Nullable String died,
      @RequestParam(defaultValue = "100") int limit,
      @RequestParam(required = false) @Nullable String after)
      throws RefusedException, SQLException {
    DeadLetterDesk.Filter filter = filter(source, kind, state, died);
    return desk.newest(filter, Math.clamp(limit, 1, MOST), place(after)).stream()
        .map(kept -> view(kept, DeadLetterDesk.BEGINNING))
        .toList();
  }

  /** Of what they died, most letters first. */
  @GetMapping("/reasons")
  public List<DeadLetterDesk.Alike> reasons(
      @RequestParam(required = false) @Nullable String source,
      @RequestParam(required = false) @Nullable String kind,
      @RequestParam(required = false) @Nullable String state,
      @RequestParam(defaultValue = "100") int limit)
      throws RefusedException, SQLException {
    return desk.alike(filter(source, kind, state, null), Math.clamp(limit, 1, MOST));
  }

  /** One letter with all of its body. */
  @GetMapping("/{source}/{key}")
  public View letter(@PathVariable String source, @PathVariable String key)
      throws RefusedException, SQLException {
    Source died = Choice.required(Source.class, source);
    return desk.find(died, Choice.recordId(key))
        .map(kept -> view(kept, Integer.MAX_VALUE))
        .orElseThrow(
            () ->
                new RefusedException(
                    Refusal.NOT_FOUND, "%s has no letter %s".formatted(died, key)));
  }

  /** What the letters of each source take and may take, and what this router had no room for. */
  @GetMapping("/quota")
  public Collection<LetterQuota.Standing> quota() {
    return quota.standings().values();
  }

  /** Gives up many open letters at once, the oldest first. */
  @PostMapping("/discard")
  public Discarded discard(@RequestBody Discard request, Principal actor)
      throws RefusedException, SQLException {
    DeadLetterDesk.Filter filter =
        new DeadLetterDesk.Filter(
            Choice.of(Source.class, request.source()),
            Choice.kind(request.kind()),
            State.OPEN,
            request.died());
    DeadLetterDesk.GivenUp done =
        redrive.discard(filter, MOST_AT_ONCE, actor.getName(), Reason.of(request.reason()));
    return new Discarded(done.letters(), Stream.ofNullable(done.act()).toList());
  }

  /** Tries up to {@value MOST} open letters once more, the newest first. */
  @PostMapping("/redrive")
  public Redriven redrive(@RequestBody Again request, Principal actor)
      throws RefusedException, SQLException {
    Redrive.Many done =
        redrive.redrive(
            filter(request.source(), request.kind(), State.OPEN.name(), request.died()),
            MOST,
            actor.getName());
    return new Redriven(done.redriven(), done.stillDead(), done.left(), done.acts());
  }

  @PostMapping("/{source}/{key}/redrive")
  public Recorded redrive(@PathVariable String source, @PathVariable String key, Principal actor)
      throws RefusedException, SQLException {
    return Recorded.of(
        redrive.redrive(
            Choice.required(Source.class, source), Choice.recordId(key), actor.getName()));
  }

  @PostMapping("/{source}/{key}/discard")
  public Recorded discard(
      @PathVariable String source,
      @PathVariable String key,
      @RequestBody Because request,
      Principal actor)
      throws RefusedException, SQLException {
    return Recorded.of(
        redrive.discard(
            Choice.required(Source.class, source),
            Choice.recordId(key),
            actor.getName(),
            Reason.of(request.reason())));
  }

  private static DeadLetterDesk.Filter filter(
      @Nullable String source, @Nullable String kind, @Nullable String state, @Nullable String died)
      throws RefusedException {
    return new DeadLetterDesk.Filter(
        Choice.of(Source.class, source),
        Choice.kind(kind),
        Choice.of(State.class, state),
        died == null || died.isEmpty() ? null : died);
  }

  private static DeadLetterDesk.@Nullable Place place(@Nullable String after)
      throws RefusedException {
    if (after == null || after.isEmpty()) {
      return null;
    }
    DeadLetterDesk.Place place =
        DeadLetterDesk.Place.parse(after)
            .orElseThrow(
                () -> new RefusedException(Refusal.UNREADABLE, "%s is no place".formatted(after)));
    Choice.moment("after", place.lastAt());
    return place;
  }

  private View view(Kept kept, int most) {
    Letter letter = kept.letter();
    String body = body(letter);
    boolean whole = letter.body().length == kept.bytes() && body.length() <= most;
    return new View(
        letter.source(),
        letter.key().toString(),
        letter.kind(),
        letter.reason(),
        letter.attempts(),
        kept.place().toString(),
        kept.bytes(),
        whole,
        body.length() <= most ? body : body.substring(0, most),
        kept.firstAt(),
        kept.lastAt(),
        kept.state(),
        kept.closed());
  }

  private String body(Letter letter) {
    if (letter.format() == BodyFormat.JSON) {
      return new String(letter.body(), StandardCharsets.UTF_8);
    }
    try {
      return json.valueToTree(RecordCodec.decode(letter.body())).toPrettyString();
    } catch (UnreadableEntryException | IllegalArgumentException e) {
      return HexFormat.of().formatHex(letter.body());
    }
  }
}
