package io.crossfade.db.control;

import io.crossfade.db.control.DeadLetters.Letter;
import io.crossfade.db.control.DeadLetters.Source;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the dead letters within their quota. What all processes have kept is asked of the table
 * every ten seconds, and what this one kept since is added: with several processes the table may
 * grow beyond the quota by what the others keep in that time.
 */
public final class LetterQuota {

  private static final Logger log = LoggerFactory.getLogger(LetterQuota.class);

  /** What a letter counts besides its body: its other columns, and its places in the indexes. */
  public static final int ROW_BYTES = 512;

  /** Why there is no room for a letter. */
  enum NoRoom {
    PER_MINUTE("per-minute"),
    TOTAL("total");

    private final String label;

    NoRoom(String label) {
      this.label = label;
    }
  }

  /**
   * How a source stands in this process' eyes.
   *
   * @param bytes of all its letters; {@code null} before the first letter came
   * @param maxBytes that they may take
   * @param dropped letters there was no room for, since this process began
   * @param lastDropped the last of them; {@code null} for none
   */
  public record Standing(
      Source source,
      @Nullable Long bytes,
      long maxBytes,
      long dropped,
      @Nullable Instant lastDropped) {}

  private static final Duration LOOK_EVERY = Duration.ofSeconds(10);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** Closed letters that make room at one look. */
  private static final int AT_ONCE = 1_000;

  private final LetterSettings settings;
  private final InstantSource clock;
  private final Map<Source, Share> shares = new EnumMap<>(Source.class);

  public LetterQuota(LetterSettings settings, InstantSource clock, MeterRegistry meters) {
    this.settings = settings;
    this.clock = clock;
    for (Source source : Source.values()) {
      shares.put(source, new Share(source, meters));
    }
  }

  /** How each source stands. */
  public Map<Source, Standing> standings() {
    Map<Source, Standing> standings = new EnumMap<>(Source.class);
    shares.forEach((source, share) -> standings.put(source, share.standing()));
    return standings;
  }

  /** A letter as it may be kept: with no more of its body than {@code max-body}. */
  Letter clip(Letter letter) {
    int most = Math.toIntExact(settings.maxBody().toBytes());
    return letter.body().length <= most ? letter : letter.clippedTo(most);
  }

  /** Whether this minute has room for one more letter of its source; takes it. */
  boolean takeOfMinute(Letter letter) {
    return letter.source() != Source.INTAKE || share(letter).takeOfMinute();
  }

  /** Takes back what a letter took of this minute. */
  void giveBackOfMinute(Letter letter) {
    if (letter.source() == Source.INTAKE) {
      share(letter).giveBackOfMinute();
    }
  }

  /** Looks at the table when it is time, and lets closed letters make room when there is none. */
  void look(ControlTransactions transactions, Source source) throws SQLException {
    share(source).look(transactions);
  }

  /** Whether all letters of its source together leave room for this one; takes it. */
  boolean takeOfTotal(Letter letter) {
    return share(letter).takeOfTotal(letter.body().length + ROW_BYTES);
  }

  /** Takes back what {@link #takeOfTotal} took. */
  void giveBackOfTotal(Letter letter) {
    share(letter).giveBackOfTotal(letter.body().length + ROW_BYTES);
  }

  /** Counts a letter that is not kept. */
  void dropped(Letter letter, NoRoom why) {
    share(letter).dropped(letter, why);
  }

  private Share share(Letter letter) {
    return share(letter.source());
  }

  private Share share(Source source) {
    return Objects.requireNonNull(shares.get(source));
  }

  /** What one source has taken. */
  private final class Share {

    private final Source source;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<NoRoom, Counter> dropped = new EnumMap<>(NoRoom.class);
    private Instant minute = Instant.MIN;
    private int inMinute;
    private Instant nextLook = Instant.MIN;
    private long bytes = -1;
    private @Nullable Instant lastDropped;
    private Instant lastSaid = Instant.MIN;

    Share(Source source, MeterRegistry meters) {
      this.source = source;
      for (NoRoom why : NoRoom.values()) {
        dropped.put(
            why,
            Counter.builder(LetterMeter.DROPPED.id())
                .description(LetterMeter.DROPPED.description())
                .tag("source", source.label())
                .tag("reason", why.label)
                .register(meters));
      }
      gauge(LetterMeter.BYTES, () -> bytes() < 0 ? Double.NaN : bytes(), meters);
      gauge(LetterMeter.MAX_BYTES, () -> settings.maxBytes().toBytes(), meters);
    }

    private void gauge(
        LetterMeter meter, java.util.function.Supplier<Number> value, MeterRegistry meters) {
      Gauge.builder(meter.id(), value)
          .description(meter.description())
          .tag("source", source.label())
          .register(meters);
    }

    private long bytes() {
      lock.lock();
      try {
        return bytes;
      } finally {
        lock.unlock();
      }
    }

    Standing standing() {
      lock.lock();
      try {
        long sum = (long) dropped.values().stream().mapToDouble(Counter::count).sum();
        return new Standing(
            source, bytes < 0 ? null : bytes, settings.maxBytes().toBytes(), sum, lastDropped);
      } finally {
        lock.unlock();
      }
    }

    boolean takeOfMinute() {
      lock.lock();
      try {
        Instant now = clock.instant();
        if (!now.isBefore(minute.plus(MINUTE))) {
          minute = now;
          inMinute = 0;
        }
        return inMinute++ < settings.perMinute();
      } finally {
        lock.unlock();
      }
    }

    boolean takeOfTotal(long more) {
      lock.lock();
      try {
        if (bytes + more > settings.maxBytes().toBytes()) {
          return false;
        }
        bytes += more;
        return true;
      } finally {
        lock.unlock();
      }
    }

    void giveBackOfMinute() {
      lock.lock();
      try {
        inMinute = Math.max(0, inMinute - 1);
      } finally {
        lock.unlock();
      }
    }

    /** A look in between has seen that they are not there: nothing is given back below none. */
    void giveBackOfTotal(long taken) {
      lock.lock();
      try {
        bytes = Math.max(Math.min(bytes, 0), bytes - taken);
      } finally {
        lock.unlock();
      }
    }

    void look(ControlTransactions transactions) throws SQLException {
      if (!dueForALook()) {
        return;
      }
      long found = transactions.forLongQuestions().on(this::sumWithRoom);
      lock.lock();
      try {
        bytes = found;
      } finally {
        lock.unlock();
      }
    }

    private long sumWithRoom(Connection connection) throws SQLException {
      long found = sum(connection);
      return found + settings.maxBody().toBytes() + ROW_BYTES > settings.maxBytes().toBytes()
              && forgetClosed(connection) > 0
          ? sum(connection)
          : found;
    }

    /** Only one thread looks; the others go on with what is known. */
    private boolean dueForALook() {
      lock.lock();
      try {
        Instant now = clock.instant();
        if (bytes >= 0 && now.isBefore(nextLook)) {
          return false;
        }
        nextLook = now.plus(LOOK_EVERY);
        return true;
      } finally {
        lock.unlock();
      }
    }

    private long sum(Connection connection) throws SQLException {
      try (PreparedStatement statement =
          connection.prepareStatement(
              "SELECT COALESCE(SUM(body_bytes + "
                  + ROW_BYTES
                  + "), 0) FROM dead_letter"
                  + " WHERE source = ?")) {
        statement.setString(1, source.name());
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          return row.getLong(1);
        }
      }
    }

    private int forgetClosed(Connection connection) throws SQLException {
      try (PreparedStatement statement =
          connection.prepareStatement(
              "DELETE FROM dead_letter WHERE source = ? AND state <> 'OPEN'"
                  + " ORDER BY closed_at LIMIT "
                  + AT_ONCE)) {
        statement.setString(1, source.name());
        int forgotten = statement.executeUpdate();
        if (forgotten > 0) {
          log.warn(
              "Dead letters of {} are at their quota of {}; {} closed ones were forgotten early",
              source.label(),
              settings.maxBytes(),
              forgotten);
        }
        return forgotten;
      }
    }

    void dropped(Letter letter, NoRoom why) {
      Objects.requireNonNull(dropped.get(why)).increment();
      lock.lock();
      try {
        Instant now = clock.instant();
        lastDropped = now;
        if (now.isBefore(lastSaid.plus(LOOK_EVERY))) {
          return;
        }
        lastSaid = now;
      } finally {
        lock.unlock();
      }
      log.error(
          "No room for dead letter {} of {}: quota {} is used up; counted, and not kept",
          letter.key(),
          source.label(),
          why.label);
    }
  }
}
