package io.crossfade.stream;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XTrimArgs;
import io.lettuce.core.models.stream.PendingMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The consumer groups of the streams, and what Redis says of them. */
final class StreamGroups {

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
   * A stream's group.
   *
   * @param lag entries not yet delivered; {@code null} when Redis does not know
   */
  record Group(int consumers, long pending, EntryId lastDelivered, @Nullable Long lag) {}

  private final RedisLinks links;
  private final StreamSettings settings;

  StreamGroups(RedisLinks links, StreamSettings settings) {
    this.links = links;
    this.settings = settings;
  }

  /** Makes the group where it is missing, from the stream's first entry, and the stream with it. */
  void ensure(StreamName stream) {
    try {
      links
          .text()
          .xgroupCreate(
              XReadArgs.StreamOffset.from(settings.key(stream), "0"),
              StreamSettings.GROUP,
              XGroupCreateArgs.Builder.mkstream());
    } catch (RedisBusyException e) {
      // It is there: the normal case.
    }
  }

  long length(StreamName stream) {
    return links.text().xlen(settings.key(stream));
  }

  /** The group, unless the stream or the group does not exist. */
  Optional<Group> group(StreamName stream) {
    try {
      for (Object entry : links.text().xinfoGroups(settings.key(stream))) {
        Map<String, @Nullable Object> fields = fields(entry);
        if (StreamSettings.GROUP.equals(fields.get("name"))) {
          return Optional.of(
              new Group(
                  ((Long) fields.getOrDefault("consumers", 0L)).intValue(),
                  (Long) fields.getOrDefault("pending", 0L),
                  EntryId.parse(String.valueOf(fields.get("last-delivered-id"))),
                  (Long) fields.get("lag")));
        }
      }
      return Optional.empty();
    } catch (RedisCommandExecutionException e) {
      if (String.valueOf(e.getMessage()).contains("no such key")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** How many groups read the stream, ours included. */
  int groupCount(StreamName stream) {
    return links.text().xinfoGroups(settings.key(stream)).size();
  }

  Optional<EntryId> first(StreamName stream) {
    return id(links.text().xrange(settings.key(stream), Range.unbounded(), Limit.from(1)));
  }

  Optional<EntryId> last(StreamName stream) {
    return id(links.text().xrevrange(settings.key(stream), Range.unbounded(), Limit.from(1)));
  }

  /** The first entry after {@code id}. */
  Optional<EntryId> firstAfter(StreamName stream, EntryId id) {
    return id(links.text().xrange(settings.key(stream), after(id), Limit.from(1)));
  }

  /** How many entries come after {@code id}, counted up to {@code most}. */
  long countAfter(StreamName stream, EntryId id, long most) {
    return links.text().xrange(settings.key(stream), after(id), Limit.from(most)).size();
  }

  Optional<EntryId> oldestPending(StreamName stream) {
    return links
        .text()
        .xpending(settings.key(stream), StreamSettings.GROUP, Range.unbounded(), Limit.from(1))
        .stream()
        .findFirst()
        .map(pending -> EntryId.parse(pending.getId()));
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

  /** Removes all entries before {@code id} and returns how many these were. */
  long trimBefore(StreamName stream, EntryId id) {
    return links
        .text()
        .xtrim(settings.key(stream), new XTrimArgs().minId(id.toString()).approximateTrimming());
  }

  /** Time on the clock of the Redis server, by which entry ids are given. */
  Instant now() {
    List<String> time = links.text().time();
    return Instant.ofEpochSecond(Long.parseLong(time.get(0)), Long.parseLong(time.get(1)) * 1000L);
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

  private static Range<String> after(EntryId id) {
    return Range.from(Range.Boundary.excluding(id.toString()), Range.Boundary.unbounded());
  }

  private static Optional<EntryId> id(List<StreamMessage<String, String>> messages) {
    return messages.stream().findFirst().map(message -> EntryId.parse(message.getId()));
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
