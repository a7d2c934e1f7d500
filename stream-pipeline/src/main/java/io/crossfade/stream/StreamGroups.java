package io.crossfade.stream;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.XTrimArgs;
import io.lettuce.core.models.stream.PendingMessage;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done to the streams and their groups, apart from reading. */
final class StreamGroups {

  private static final Logger log = LoggerFactory.getLogger(StreamGroups.class);

  /**
   * Removes a consumer only while nothing is pending for it: its pending entries would go with it.
   */
  private static final String REMOVE_IF_NOTHING_PENDING =
      """
      if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) == 0 then
        redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
        return 1
      end
      return 0
      """;

  /**
   * Entries that a consumer has in hand count as given to it just now, and not once more. Without a
   * group there is nothing to keep: the consumer will hear of it.
   */
  private static final String KEEP =
      """
      local pending = redis.pcall('XPENDING', KEYS[1], ARGV[1], '-', '+', 1000, ARGV[2])
      if pending.err and string.find(pending.err, 'NOGROUP', 1, true) then return 0 end
      if pending.err then return redis.error_reply(pending.err) end
      if #pending == 0 then return 0 end
      local claim = {'XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0}
      for _, entry in ipairs(pending) do claim[#claim + 1] = entry[1] end
      claim[#claim + 1] = 'JUSTID'
      return #redis.call(unpack(claim))
      """;

  /**
   * A full Redis refuses {@code XGROUP CREATE}, and nobody could read what fills it. In a script it
   * asks whether there is room only before the first command that writes; so one comes before that
   * removes nothing, for no entry has that id.
   */
  private static final String ENSURE =
      """
      redis.call('XDEL', KEYS[1], '0-0')
      local made = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')
      if not made.err then return 1 end
      if string.find(made.err, 'BUSYGROUP', 1, true) then return 0 end
      return redis.error_reply(made.err)
      """;

  private final RedisLinks links;
  private final StreamSettings settings;

  /** Whose group this process knows to have been there. */
  private final Set<StreamName> known = ConcurrentHashMap.newKeySet();

  StreamGroups(RedisLinks links, StreamSettings settings) {
    this.links = links;
    this.settings = settings;
  }

  /**
   * Whether this says that a group is not there, or went away while a consumer waited for entries:
   * what every consumer of an empty Redis hears first, and what a deleted key or a flush looks like
   * later.
   */
  static boolean saysMissing(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return failure instanceof RedisCommandExecutionException
        && (message.contains("NOGROUP") || message.startsWith("UNBLOCKED"));
  }

  /** Notes that the group of a stream is there; one that is missing later was lost. */
  void known(StreamName stream) {
    known.add(stream);
  }

  /**
   * Makes the group where it is missing, from the stream's first entry, and the stream with it;
   * also while Redis is full. Of several that miss it one makes it, and says so.
   */
  void ensure(StreamName stream) {
    // Asked before: of two that start together the other may say first that it is there.
    boolean lost = known.contains(stream);
    Long made =
        links
            .text()
            .eval(
                ENSURE,
                ScriptOutputType.INTEGER,
                new String[] {settings.key(stream)},
                StreamSettings.GROUP);
    known.add(stream);
    if (made == null || made == 0) {
      return;
    }
    if (lost) {
      log.warn(
          "The group of {} was gone: deleted, flushed, or lost by a fail-over. It is made again"
              + " and reads whatever the stream still has, from its first entry on",
          settings.key(stream));
    } else {
      log.debug("Made the group of {}", settings.key(stream));
    }
  }

  /** How often an entry was delivered, 1 when unknown. */
  int deliveries(StreamName stream, String id) {
    return links
        .text()
        .xpending(settings.key(stream), StreamSettings.GROUP, Range.create(id, id), Limit.from(1))
        .stream()
        .findFirst()
        .map(PendingMessage::getRedeliveryCount)
        .map(Long::intValue)
        .orElse(1);
  }

  /**
   * Removes entries before {@code id}: some thousand at most, and these by whole nodes.
   *
   * @return how many these were; zero when only a part of a node is left
   */
  long trimNodesBefore(StreamName stream, EntryId id) {
    return links
        .text()
        .xtrim(settings.key(stream), new XTrimArgs().minId(id.toString()).approximateTrimming());
  }

  /** Removes all entries before {@code id} and returns how many these were. */
  long trimBefore(StreamName stream, EntryId id) {
    return links
        .text()
        .xtrim(settings.key(stream), new XTrimArgs().minId(id.toString()).exactTrimming());
  }

  /** What a stream takes of the memory of Redis, bytes. */
  long bytes(StreamName stream) {
    Long bytes = links.text().memoryUsage(settings.key(stream));
    return bytes == null ? 0 : bytes;
  }

  /** What Redis says of its memory. */
  String memory() {
    return links.text().info("memory");
  }

  /**
   * Forgets consumers that have been silent for so long: those that were killed and whose entries
   * others have claimed. A live one asks several times a second.
   *
   * @return how many were forgotten
   */
  long forgetSilent(StreamName stream, Duration silence) {
    long forgotten = 0;
    for (Object entry : links.text().xinfoConsumers(settings.key(stream), StreamSettings.GROUP)) {
      Map<String, @Nullable Object> fields = fields(entry);
      Long idle = (Long) fields.get("idle");
      if (idle != null && idle >= silence.toMillis()) {
        forgotten += remove(stream, String.valueOf(fields.get("name")));
      }
    }
    return forgotten;
  }

  /**
   * Says that a consumer is alive and at work on what it was given, so that nobody claims it: a
   * database that is away or locked makes a batch last longer than {@code claim-idle}.
   *
   * @return how many entries that are
   */
  long keep(StreamName stream, String consumer) {
    Long kept =
        links
            .text()
            .eval(
                KEEP,
                ScriptOutputType.INTEGER,
                new String[] {settings.key(stream)},
                StreamSettings.GROUP,
                consumer);
    return kept == null ? 0 : kept;
  }

  /**
   * Forgets a consumer that stopped; one that still has entries pending stays, so that they are
   * claimed.
   *
   * @return 1 when it was forgotten, else 0
   */
  long remove(StreamName stream, String consumer) {
    Long removed =
        links
            .text()
            .eval(
                REMOVE_IF_NOTHING_PENDING,
                ScriptOutputType.INTEGER,
                new String[] {settings.key(stream)},
                StreamSettings.GROUP,
                consumer);
    return removed == null ? 0 : removed;
  }

  /** XINFO answers with lists of names and values in turn. */
  private static Map<String, @Nullable Object> fields(Object entry) {
    List<?> list = (List<?>) entry;
    Map<String, @Nullable Object> fields = new HashMap<>();
    for (int i = 0; i + 1 < list.size(); i += 2) {
      fields.put(String.valueOf(list.get(i)), list.get(i + 1));
    }
    return fields;
  }
}
