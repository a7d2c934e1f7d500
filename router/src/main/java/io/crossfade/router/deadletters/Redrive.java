package io.crossfade.router.deadletters;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Output;
import io.crossfade.db.RecordCodec;
import io.crossfade.db.RecordCodec.UnreadableEntryException;
import io.crossfade.db.RecordId;
import io.crossfade.db.budget.NoRoomException;
import io.crossfade.db.control.DeadLetterDesk;
import io.crossfade.db.control.DeadLetterDesk.Kept;
import io.crossfade.db.control.DeadLetterDesk.State;
import io.crossfade.db.control.DeadLetters.Letter;
import io.crossfade.db.control.DeadLetters.Source;
import io.crossfade.router.intake.NoNodeException;
import io.crossfade.router.intake.UploadReader;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.RefusedException;
import io.crossfade.router.routing.UploadRouter;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deals with dead letters. A record goes to the output that refused it, with its id and stamp; an
 * item that was no record is read again and, when it is one now, accepted like an upload of the
 * moment at which it came.
 */
public final class Redrive {

  private static final Logger log = LoggerFactory.getLogger(Redrive.class);

  private final DeadLetterDesk desk;
  private final UploadReader reader;
  private final UploadRouter router;
  private final Output legacy;
  private final Output stream;

  Redrive(
      DeadLetterDesk desk,
      UploadReader reader,
      UploadRouter router,
      DataSource legacy,
      DataSource stream) {
    this.desk = desk;
    this.reader = reader;
    this.router = router;
    this.legacy = new Output(legacy);
    this.stream = new Output(stream);
  }

  /**
   * Tries a letter once more, and closes it when that helps.
   *
   * @return the act in the audit
   * @throws RefusedException when it is dead still, of what
   */
  long redrive(Source source, RecordId key, String actor) throws RefusedException, SQLException {
    Kept kept = open(source, key);
    Letter letter = kept.letter();
    switch (letter.format()) {
      case JSON -> accept(letter, kept.firstAt());
      case ENTRY -> write(letter);
    }
    return close(letter, State.REDRIVEN, actor, "redriven");
  }

  /**
   * Gives a letter up: its record stays among the dead ones in the accounts.
   *
   * @return the act in the audit
   */
  long discard(Source source, RecordId key, String actor, String reason)
      throws RefusedException, SQLException {
    return close(open(source, key).letter(), State.DISCARDED, actor, reason);
  }

  /**
   * What became of many letters.
   *
   * @param redriven how many are closed
   * @param stillDead how many died again
   * @param left whether the rest was left because no path takes any now
   * @param acts ids of the entries of the audit
   */
  record Many(int redriven, int stillDead, boolean left, List<Long> acts) {}

  /** Tries open letters once more, the newest first, each on its own. */
  Many redrive(DeadLetterDesk.Filter filter, int most, String actor)
      throws RefusedException, SQLException {
    List<Long> acts = new ArrayList<>();
    int stillDead = 0;
    for (Kept kept : desk.newest(filter, most, null)) {
      Letter letter = kept.letter();
      try {
        acts.add(redrive(letter.source(), letter.key(), actor));
      } catch (RefusedException e) {
        switch (e.refusal()) {
          case STILL_DEAD -> stillDead++;
          case PATHS_FULL -> {
            return new Many(acts.size(), stillDead, true, acts);
          }
          case CLOSED_ALREADY, NOT_FOUND -> log.debug("{} is dealt with already", letter.key());
          default -> throw e;
        }
      }
    }
    return new Many(acts.size(), stillDead, false, acts);
  }

  /** Gives up open letters, the oldest first. */
  DeadLetterDesk.GivenUp discard(
      DeadLetterDesk.Filter filter, int most, String actor, String reason) throws SQLException {
    DeadLetterDesk.GivenUp discarded = desk.discard(filter, most, actor, reason);
    log.info("{} letters discarded by {}", discarded.letters(), actor);
    return discarded;
  }

  private void accept(Letter letter, Instant moment) throws RefusedException, SQLException {
    List<AcceptedRecord> records;
    try {
      records = reader.reread(letter.kind(), letter.body(), moment);
    } catch (NoNodeException | NoRoomException e) {
      throw new RefusedException(Refusal.PATHS_FULL, String.valueOf(e.getMessage()));
    }
    if (records.isEmpty()) {
      throw dead(letter, letter.reason());
    }
    if (!router.route(records, false).accepted()) {
      throw new RefusedException(Refusal.PATHS_FULL, "No path takes it now; try again later");
    }
  }

  private void write(Letter letter) throws RefusedException, SQLException {
    try {
      Output output = letter.source() == Source.LEGACY ? legacy : stream;
      List<Output.Rejection> rejections =
          output.writeIsolating(List.of(RecordCodec.decode(letter.body())));
      if (!rejections.isEmpty()) {
        throw dead(letter, rejections.getFirst().reason());
      }
    } catch (UnreadableEntryException e) {
      throw dead(letter, letter.reason());
    }
  }

  private RefusedException dead(Letter letter, String reason) throws SQLException {
    desk.diedAgain(letter, reason);
    return new RefusedException(Refusal.STILL_DEAD, reason);
  }

  private long close(Letter letter, State state, String actor, String reason)
      throws RefusedException, SQLException {
    long act = desk.close(letter, state, actor, reason).orElseThrow(Redrive::closedAlready);
    log.info("{} {} {} by {}", letter.source(), letter.key(), state, actor);
    return act;
  }

  private Kept open(Source source, RecordId key) throws RefusedException, SQLException {
    Kept kept =
        desk.find(source, key)
            .orElseThrow(
                () ->
                    new RefusedException(
                        Refusal.NOT_FOUND, "%s has no letter %s".formatted(source, key)));
    if (kept.state() != State.OPEN) {
      throw closedAlready();
    }
    return kept;
  }

  private static RefusedException closedAlready() {
    return new RefusedException(Refusal.CLOSED_ALREADY, "Somebody has dealt with it already");
  }
}
