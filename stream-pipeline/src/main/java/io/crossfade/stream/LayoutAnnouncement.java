package io.crossfade.stream;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in Redis, beside the streams, how this router cuts them, before it appends anything so. It
 * is a stream of its own, for which nobody needs more rights: an entry for each switch from one
 * layout to another, and the last sign of life of the routers of each. While all routers have one
 * partition, and always had, nothing is said.
 */
final class LayoutAnnouncement {

  private static final Logger log = LoggerFactory.getLogger(LayoutAnnouncement.class);

  /** Between the announcement of a switch and the switch, so that all consumers know of it. */
  static final Duration LEAD = Duration.ofSeconds(2);

  static final String PARTITIONS = "partitions";
  static final String FROM = "from";

  private static final String KEY = "stream_layouts";
  private static final int SWITCHES_KEPT = 8;

  /**
   * Finds when this router may append: now where all that was appended lately was appended so, else
   * from a moment on that everybody is told of first. Routers that still append otherwise give
   * signs of life: then the next that changes is one more switch.
   */
  private static final String ANNOUNCE =
      """
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      local own, current, since, switches, others = tonumber(ARGV[1]), 1, 0, {}, 0
      local entries = redis.call('XRANGE', KEYS[1], '-', '+')
      if own == 1 and #entries == 0 then return {now, 0} end
      for _, entry in ipairs(entries) do
        local partitions, from
        for i = 1, #entry[2], 2 do
          if entry[2][i] == 'partitions' then partitions = tonumber(entry[2][i + 1]) end
          if entry[2][i] == 'from' then from = tonumber(entry[2][i + 1]) end
        end
        if from then
          current, since = partitions, math.max(since, from)
          switches[#switches + 1] = entry[1]
        elseif partitions ~= own then
          others = math.max(others, tonumber(string.match(entry[1], '^%d+')))
        end
      end
      if current == own and others < since then return {now, since} end
      local from = math.max(now + tonumber(ARGV[2]), since + 1)
      for i = 1, #switches + 1 - tonumber(ARGV[3]) do redis.call('XDEL', KEYS[1], switches[i]) end
      redis.call('XDEL', KEYS[1], '0-0')
      redis.call('XADD', KEYS[1], '*', 'partitions', own, 'from', string.format('%.0f', from))
      return {now, from}
      """;

  /** Puts the sign of life of a layout's routers in the place of the one before. */
  private static final String LIVE =
      """
      local entries = redis.call('XRANGE', KEYS[1], '-', '+')
      if ARGV[1] == '1' and #entries == 0 then return 0 end
      redis.call('XDEL', KEYS[1], '0-0')
      for _, entry in ipairs(entries) do
        if #entry[2] == 2 and entry[2][2] == ARGV[1] then redis.call('XDEL', KEYS[1], entry[1]) end
      end
      redis.call('XADD', KEYS[1], '*', 'partitions', ARGV[1])
      return 1
      """;

  private final RedisLinks links;
  private final StreamSettings settings;
  private volatile boolean wanted;
  private volatile boolean ready;

  /** When this router may append, {@link System#nanoTime}; unless it is not known. */
  private long from;

  private boolean announced;
  private String said = "";

  LayoutAnnouncement(RedisLinks links, StreamSettings settings) {
    this.links = links;
    this.settings = settings;
  }

  static String key(StreamSettings settings) {
    return settings.keyPrefix() + KEY;
  }

  /** This process will append. */
  void want() {
    wanted = true;
  }

  /** Whether it may. */
  boolean ready() {
    return ready;
  }

  /** Whether it will be ready in a moment. */
  boolean pending() {
    return wanted && !ready;
  }

  /** Comes nearer to being ready; called by one thread, again and again. */
  void proceed() {
    if (ready) {
      return;
    }
    if (!wanted) {
      ready = settings.partitions() == 1;
      return;
    }
    try {
      if (!announced) {
        announce();
      }
      if (System.nanoTime() - from >= 0) {
        live();
        ready = true;
      }
    } catch (RedisCommandExecutionException e) {
      links.leave(e);
      if (settings.partitions() == 1 && !WrongServer.said(e)) {
        log.debug("Redis does not say which partitions there are: {}", e.getMessage());
        ready = true;
      } else {
        say(String.valueOf(e.getMessage()));
      }
    } catch (RedisException e) {
      links.leave(e);
      log.debug("Cannot announce the partitions of this router yet: {}", e.getMessage());
    }
  }

  /** Gives a sign of life: there is a router that appends so. The next will do if this fails. */
  void keepAlive() {
    if (!ready || !wanted) {
      return;
    }
    try {
      live();
    } catch (RedisException e) {
      links.leave(e);
      log.debug("Redis does not hear of the partitions of this router: {}", e.getMessage());
    }
  }

  private void live() {
    links
        .text()
        .<Long>eval(
            LIVE,
            ScriptOutputType.INTEGER,
            new String[] {key(settings)},
            String.valueOf(settings.partitions()));
  }

  private void say(String failure) {
    if (!failure.equals(said)) {
      log.warn(
          "Cannot announce the partitions of this router, and nothing is appended: {}", failure);
    }
    said = failure;
  }

  private void announce() {
    List<Object> answer =
        links.ask(
            ANNOUNCE,
            List.of(key(settings)),
            String.valueOf(settings.partitions()),
            String.valueOf(LEAD.toMillis()),
            String.valueOf(SWITCHES_KEPT));
    long millis = Math.max(0, (Long) answer.get(1) - (Long) answer.get(0));
    // A millisecond more: the moment that Redis said was cut off.
    from = System.nanoTime() + (millis == 0 ? 0 : Duration.ofMillis(millis + 1).toNanos());
    announced = true;
    if (millis > 0) {
      log.info(
          "Streams are cut into {} partitions from here on, in {} ms",
          settings.partitions(),
          millis);
    }
  }
}
