package io.crossfade.stream;

import io.crossfade.db.Kind;
import io.lettuce.core.Range;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.StreamMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which partitions there are: those of this process' setting, those that routers write to now, and
 * those of any router before, as {@link LayoutAnnouncement}s say in Redis. What a former layout
 * still holds is read until nothing is left, however late it was appended; and across a switch from
 * one layout to another a device's entries stay in order: what was appended before is written
 * before any entry after it is read.
 */
final class StreamLayouts {

  private static final Logger log = LoggerFactory.getLogger(StreamLayouts.class);

  /** Well within {@link LayoutAnnouncement#LEAD}: all know of a switch before it comes. */
  private static final Duration KNOWN_FOR = Duration.ofSeconds(1);

  /** While entries wait for what came before a switch. */
  private static final Duration WHILE_SWITCHING = Duration.ofMillis(100);

  /** Of one question, so that others have their turn at Redis. */
  private static final int KEYS_AT_ONCE = 256;

  /** Of each key: 0 nothing in it, 1 all of it acknowledged, 2 there is something to do. */
  private static final String FORMER =
      Lua.GROUP
          + """
          local answer = {}
          for i, key in ipairs(KEYS) do
            local ours, exists = group(key, ARGV[1])
            answer[i] = exists and 2 or 0
            if ours and ours['pending'] == 0 and #redis.call(
                'XRANGE', key, '(' .. ours['last-delivered-id'], '+', 'COUNT', 1) == 0 then
              answer[i] = math.min(1, redis.call('XLEN', key))
            end
          end
          return answer
          """;

  /** What is left from before a moment: 0 nothing, 1 only what was delivered, 2 unread entries. */
  private static final String BEFORE =
      Lua.GROUP
          + """
          local time, state, till = redis.call('TIME'), 0, '(' .. ARGV[2] .. '-0'
          for _, key in ipairs(KEYS) do
            local ours, exists = group(key, ARGV[1])
            if exists then
              local last = ours and ours['last-delivered-id'] or '0-0'
              if ours and #redis.call('XPENDING', key, ARGV[1], '-', till, 1) > 0 then
                state = math.max(state, 1)
              end
              if #redis.call('XRANGE', key, '(' .. last, till, 'COUNT', 1) > 0 then state = 2 end
            end
          end
          return {time[1], time[2], state}
          """;

  private static final int NOTHING = 0;
  private static final int UNREAD = 2;

  /**
   * A stream that consumers read.
   *
   * @param before they take only what was appended before this moment, by the clock of Redis; until
   *     all of that is written. {@code null} when they take whatever is there
   */
  record ReadUpTo(StreamName stream, @Nullable Long before) {}

  /**
   * What the last look found.
   *
   * @param all streams that hold something, or may at any moment
   * @param read those of them in which there may be something to do
   * @param switching whether some of these are read up to a moment only
   * @param at when it began, {@link System#nanoTime}
   */
  private record Known(
      List<StreamName> all, Map<Kind, List<ReadUpTo>> read, boolean switching, long at) {

    private boolean isOld() {
      return System.nanoTime() - at > (switching ? WHILE_SWITCHING : KNOWN_FOR).toNanos();
    }
  }

  /** Routers' layouts as they stand in Redis. */
  private record Announced(Set<Integer> ever, int now, List<Long> switches) {}

  private final RedisLinks links;
  private final StreamSettings settings;
  private final Map<Integer, StreamLayout> layouts = new HashMap<>();

  /** By whole stream: the last switch before which everything is written, ms. */
  private final Map<StreamName, Long> passed = new HashMap<>();

  /** By whole stream: since when nothing before a switch is unread, {@link System#nanoTime}. */
  private final Map<StreamName, Long> deliveredSince = new HashMap<>();

  private Announced announced;
  private volatile @Nullable Known known;

  StreamLayouts(RedisLinks links, StreamSettings settings) {
    this.links = links;
    this.settings = settings;
    this.announced = alone();
  }

  /** Streams of all kinds that hold something, or may at any moment; those to be shown. */
  List<StreamName> all() {
    return look().all();
  }

  /** The same of a kind. */
  List<StreamName> all(Kind kind) {
    return all().stream().filter(stream -> stream.kind().equals(kind)).toList();
  }

  /** The streams of a kind that consumers read, urgent ones first; as they were a second ago. */
  List<ReadUpTo> read(Kind kind) {
    Known last = known;
    if (last == null || last.isOld()) {
      last = lookIfOld();
    }
    return Objects.requireNonNull(last.read().get(kind));
  }

  /** Of several consumers that find it old one looks. */
  private synchronized Known lookIfOld() {
    Known last = known;
    return last == null || last.isOld() ? look() : last;
  }

  private synchronized Known look() {
    long begin = System.nanoTime();
    announced = announced();
    Set<StreamName> certain = new TreeSet<>();
    Set<StreamName> former = new TreeSet<>();
    for (StreamName whole : StreamName.values()) {
      certain.addAll(layout(settings.partitions()).of(whole));
      certain.addAll(layout(announced.now()).of(whole));
      announced.ever().forEach(partitions -> former.addAll(layout(partitions).of(whole)));
    }
    former.removeAll(certain);
    Set<StreamName> all = new TreeSet<>(certain);
    Set<StreamName> read = new TreeSet<>(certain);
    List<StreamName> asked = List.copyOf(former);
    for (int i = 0; i < asked.size(); i += KEYS_AT_ONCE) {
      List<StreamName> some = asked.subList(i, Math.min(asked.size(), i + KEYS_AT_ONCE));
      List<Object> states = ask(FORMER, some, StreamSettings.GROUP);
      for (int j = 0; j < some.size(); j++) {
        if ((Long) states.get(j) != NOTHING) {
          all.add(some.get(j));
        }
        if ((Long) states.get(j) == UNREAD) {
          read.add(some.get(j));
        }
      }
    }
    Map<StreamName, Long> before = new HashMap<>();
    for (StreamName whole : StreamName.values()) {
      bound(whole, all).ifPresent(moment -> before.put(whole, moment));
    }
    Map<Kind, List<ReadUpTo>> byKind = new HashMap<>();
    Kind.all().forEach(kind -> byKind.put(kind, new ArrayList<>()));
    for (StreamName stream : read) {
      Objects.requireNonNull(byKind.get(stream.kind()))
          .add(new ReadUpTo(stream, before.get(stream.ofWhole())));
    }
    Known found = new Known(List.copyOf(all), byKind, !before.isEmpty(), begin);
    known = found;
    return found;
  }

  /**
   * The first switch that is not over for a stream: entries from before it are left, or may still
   * come. One that stays pending does not hold up the others for ever: once it had its time to be
   * claimed from whoever died with it, the switch is over.
   */
  private OptionalLong bound(StreamName whole, Set<StreamName> all) {
    for (long moment : announced.switches()) {
      if (moment <= passed.getOrDefault(whole, 0L)) {
        continue;
      }
      List<StreamName> partitions =
          all.stream().filter(one -> one.whole().equals(whole.key())).toList();
      List<Object> answer = ask(BEFORE, partitions, StreamSettings.GROUP, String.valueOf(moment));
      long now =
          Long.parseLong((String) answer.get(0)) * 1_000
              + Long.parseLong((String) answer.get(1)) / 1_000;
      long left = (Long) answer.get(2);
      if (now < moment || left == UNREAD) {
        deliveredSince.remove(whole);
        return OptionalLong.of(moment);
      }
      if (left != NOTHING) {
        long since = deliveredSince.computeIfAbsent(whole, first -> System.nanoTime());
        if (System.nanoTime() - since < 2 * settings.claimIdle().toNanos()) {
          return OptionalLong.of(moment);
        }
        log.warn(
            "Entries of {} from before its partitions changed stay pending; later ones are read",
            whole);
      }
      deliveredSince.remove(whole);
      passed.put(whole, moment);
    }
    return OptionalLong.empty();
  }

  private StreamLayout layout(int partitions) {
    return layouts.computeIfAbsent(partitions, StreamLayout::new);
  }

  private Announced announced() {
    List<StreamMessage<String, String>> entries;
    try {
      entries = links.text().xrange(LayoutAnnouncement.key(settings), Range.unbounded());
    } catch (RedisCommandExecutionException e) {
      if (WrongServer.said(e)) {
        throw e;
      }
      log.debug("Redis does not say which partitions there are: {}", e.getMessage());
      return announced;
    }
    Announced found = alone();
    for (StreamMessage<String, String> entry : entries) {
      found = with(found, entry.getBody());
    }
    return found;
  }

  /** As if no router had said anything: releases without partitions say nothing. */
  private Announced alone() {
    Set<Integer> ever = new TreeSet<>(List.of(1, settings.partitions()));
    return new Announced(ever, settings.partitions(), List.of());
  }

  private static Announced with(Announced so, Map<String, String> entry) {
    int partitions = number(entry.get(LayoutAnnouncement.PARTITIONS));
    if (partitions < 1 || partitions > StreamLayout.MOST) {
      return so;
    }
    so.ever().add(partitions);
    String from = entry.get(LayoutAnnouncement.FROM);
    if (from == null) {
      return so;
    }
    List<Long> switches = new ArrayList<>(so.switches());
    switches.add(Long.parseLong(from));
    return new Announced(so.ever(), partitions, switches.stream().sorted().toList());
  }

  private static int number(@Nullable String text) {
    return text != null && text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
  }

  private List<Object> ask(String script, List<StreamName> streams, String... arguments) {
    return links.ask(script, settings.keys(streams), arguments);
  }
}
