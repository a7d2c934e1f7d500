package io.crossfade.router.deadletters;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.db.DeadLetterDesk;
import io.crossfade.db.DeadLetterDesk.Closed;
import io.crossfade.db.DeadLetterDesk.Kept;
import io.crossfade.db.DeadLetterDesk.State;
import io.crossfade.db.DeadLetters.BodyFormat;
import io.crossfade.db.DeadLetters.Letter;
import io.crossfade.db.DeadLetters.Source;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordCodec;
import io.crossfade.db.RecordCodec.UnreadableEntryException;
import io.crossfade.router.operator.Choice;
import io.crossfade.router.operator.Reason;
import io.crossfade.router.operator.RefusedException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
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
  private static final int FARTHEST = 100_000;

  /**
   * A letter for people.
   *
   * @param key 32 hexadecimal digits
   * @param body the item as the device sent it, or the record as JSON: health data
   */
  public record View(
      Source source,
      String key,
      Kind kind,
      String reason,
      int attempts,
      String body,
      Instant firstAt,
      Instant lastAt,
      State state,
      @Nullable Closed closed) {}

  /** Why a letter is given up. */
  public record Because(@Nullable String reason) {}

  private final DeadLetterDesk desk;
  private final Redrive redrive;
  private final ObjectMapper json;

  public DeadLetterController(DeadLetterDesk desk, Redrive redrive, ObjectMapper json) {
    this.desk = desk;
    this.redrive = redrive;
    this.json = json;
  }

  /** The newest first. */
  @GetMapping
  public List<View> letters(
      @RequestParam(required = false) @Nullable String source,
      @RequestParam(required = false) @Nullable String kind,
      @RequestParam(required = false) @Nullable String state,
      @RequestParam(defaultValue = "100") int limit,
      @RequestParam(defaultValue = "0") int offset)
      throws RefusedException, SQLException {
    DeadLetterDesk.Filter filter =
        new DeadLetterDesk.Filter(
            Choice.of(Source.class, source),
            Choice.of(Kind.class, kind),
            Choice.of(State.class, state));
    return desk.newest(filter, Math.clamp(limit, 1, MOST), Math.clamp(offset, 0, FARTHEST)).stream()
        .map(this::view)
        .toList();
  }

  @PostMapping("/{source}/{key}/redrive")
  public void redrive(@PathVariable String source, @PathVariable String key, Principal actor)
      throws RefusedException, SQLException {
    redrive.redrive(Choice.required(Source.class, source), Choice.recordId(key), actor.getName());
  }

  @PostMapping("/{source}/{key}/discard")
  public void discard(
      @PathVariable String source,
      @PathVariable String key,
      @RequestBody Because request,
      Principal actor)
      throws RefusedException, SQLException {
    redrive.discard(
        Choice.required(Source.class, source),
        Choice.recordId(key),
        actor.getName(),
        Reason.of(request.reason()));
  }

  private View view(Kept kept) {
    Letter letter = kept.letter();
    return new View(
        letter.source(),
        letter.key().toString(),
        letter.kind(),
        letter.reason(),
        letter.attempts(),
        body(letter),
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
