package io.crossfade.stream;

import io.crossfade.stream.StreamState.Group;
import io.crossfade.stream.StreamState.Member;
import io.crossfade.stream.StreamState.Pending;
import io.crossfade.stream.StreamState.Seen;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Asks for all of a stream, or of some, in one question, so that its figures belong to one moment.
 * Of entries it takes the beginning only: one that is too large for us must not come along whenever
 * somebody asks how old it is.
 */
final class StreamLook {

  /** Enough for the version, the kind, the id and the stamp of a record. */
  private static final int BEGINNING = 64;

  /** What several scripts need: fields by name; the id of an entry, and how its record begins. */
  private static final String SEEN =
      Lua.NAMED
          + """
          local function seen(entry)
            if not entry then return {} end
            local begin = ''
            for i = 1, #entry[2], 2 do
              if entry[2][i] == 'r' then begin = string.sub(entry[2][i + 1], 1, %d) break end
            end
            return {entry[1], (string.gsub(begin, '.', function(c)
              return string.format('%%02x', string.byte(c)) end))}
          end
          """
              .formatted(BEGINNING);

  private static final String LOOK =
      SEEN
          + """
          local function look(key)
            if redis.call('EXISTS', key) == 0 then return {} end
            local info = named(redis.call('XINFO', 'STREAM', key))
            local groups, pending, after = {}, {}, '-'
            for _, list in ipairs(redis.call('XINFO', 'GROUPS', key)) do
              local g = named(list)
              local oldest = redis.call('XPENDING', key, g['name'], '-', '+', 1)[1]
              groups[#groups + 1] = {g['name'], g['consumers'], g['pending'],
                g['last-delivered-id'], g['lag'] or -1, oldest and oldest[1] or ''}
              if g['name'] == ARGV[1] then
                after = '(' .. g['last-delivered-id']
                if oldest then
                  local entry = redis.call('XRANGE', key, oldest[1], oldest[1])[1]
                  pending = {seen(entry or {oldest[1], {}}), oldest[2], oldest[3], oldest[4]}
                end
              end
            end
            return {info['length'], info['last-generated-id'],
              seen(redis.call('XRANGE', key, '-', '+', 'COUNT', 1)[1]), groups, pending,
              seen(redis.call('XRANGE', key, after, '+', 'COUNT', 1)[1])}
          end
          local answer = redis.call('TIME')
          for i, key in ipairs(KEYS) do answer[i + 2] = look(key) end
          return answer
          """;

  private static final String MEMBERS =
      SEEN
          + """
          local members = {}
          if redis.call('EXISTS', KEYS[1]) == 0 then return members end
          for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
            if named(group)['name'] == ARGV[1] then
              for _, list in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
                local c, entry = named(list), {}
                local oldest = redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, c['name'])[1]
                if oldest then
                  local found = redis.call('XRANGE', KEYS[1], oldest[1], oldest[1])[1]
                  entry = {seen(found or {oldest[1], {}}), oldest[2], oldest[3], oldest[4]}
                end
                members[#members + 1] = {c['name'], c['pending'], c['idle'], entry}
              end
            end
          end
          return members
          """;

  private static final String NTH =
      SEEN
          + """
          local some = redis.call('XRANGE', KEYS[1], '-', '(' .. ARGV[1], 'COUNT', ARGV[2])
          return seen(some[#some])
          """;

  private static final String COUNT =
      """
      local some = redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2])
      return {#some, #some > 0 and some[#some][1] or ''}
      """;

  /** Counted at once: some hundred microseconds of the server's time. */
  private static final int STEP = 200;

  /** Streams of one question: some milliseconds of it. */
  private static final int AT_ONCE = 64;

  private final RedisLinks links;
  private final StreamSettings settings;

  StreamLook(RedisLinks links, StreamSettings settings) {
    this.links = links;
    this.settings = settings;
  }

  StreamState at(StreamName stream) {
    return at(List.of(stream)).getFirst();
  }

  /** Several streams, in their order; some at a time, so that others have their turn at Redis. */
  List<StreamState> at(List<StreamName> streams) {
    List<StreamState> states = new ArrayList<>();
    for (int i = 0; i < streams.size(); i += AT_ONCE) {
      List<StreamName> some = streams.subList(i, Math.min(streams.size(), i + AT_ONCE));
      List<Object> answer = ask(LOOK, some, StreamSettings.GROUP);
      Instant now =
          Instant.ofEpochSecond(
              Long.parseLong((String) answer.get(0)),
              Long.parseLong((String) answer.get(1)) * 1000);
      answer.subList(2, answer.size()).forEach(one -> states.add(state(now, list(one))));
    }
    return states;
  }

  private static StreamState state(Instant now, List<?> answer) {
    if (answer.isEmpty()) {
      return StreamState.missing(now);
    }
    List<Group> groups = list(answer.get(3)).stream().map(StreamLook::group).toList();
    return new StreamState(
        now,
        (Long) answer.get(0),
        EntryId.parse((String) answer.get(1)),
        seen(answer.get(2)),
        groups,
        StreamState.named(StreamSettings.GROUP, groups),
        pending(list(answer.get(4))),
        seen(answer.get(5)));
  }

  /** Who is in our group, the one with the oldest entry first, those without any last. */
  List<Member> members(StreamName stream) {
    return ask(MEMBERS, stream, StreamSettings.GROUP).stream()
        .map(StreamLook::member)
        .sorted(
            Comparator.comparing(
                    (Member member) ->
                        member.oldest().map(pending -> pending.entry().id()).orElse(EntryId.LAST))
                .thenComparing(Member::consumer))
        .toList();
  }

  /**
   * The n-th entry, or the last when there are fewer.
   *
   * @param before of those before this id only
   */
  Optional<Seen> nth(StreamName stream, EntryId before, long n) {
    // No id is smaller, and Redis does not take it for the end of a range.
    return before.equals(EntryId.ZERO)
        ? Optional.empty()
        : seen(ask(NTH, stream, before.toString(), String.valueOf(n)));
  }

  /** How many entries come after {@code id}, counted up to {@code most}, in steps. */
  long countAfter(StreamName stream, EntryId id, long most) {
    long count = 0;
    String from = "(" + id;
    while (count < most) {
      long step = Math.min(STEP, most - count);
      List<Object> answer = ask(COUNT, stream, from, String.valueOf(step));
      long found = (Long) answer.get(0);
      count += found;
      if (found < step) {
        break;
      }
      from = "(" + answer.get(1);
    }
    return count;
  }

  private List<Object> ask(String script, StreamName stream, String... arguments) {
    return ask(script, List.of(stream), arguments);
  }

  private List<Object> ask(String script, List<StreamName> streams, String... arguments) {
    return links.ask(script, settings.keys(streams), arguments);
  }

  private static Group group(Object answer) {
    List<?> fields = list(answer);
    String oldest = (String) fields.get(5);
    return new Group(
        (String) fields.get(0),
        ((Long) fields.get(1)).intValue(),
        (Long) fields.get(2),
        EntryId.parse((String) fields.get(3)),
        (Long) fields.get(4),
        oldest.isEmpty() ? Optional.empty() : Optional.of(EntryId.parse(oldest)));
  }

  private static Member member(Object answer) {
    List<?> fields = list(answer);
    return new Member(
        (String) fields.get(0),
        (Long) fields.get(1),
        Duration.ofMillis((Long) fields.get(2)),
        pending(list(fields.get(3))));
  }

  private static Optional<Pending> pending(List<?> answer) {
    return answer.isEmpty()
        ? Optional.empty()
        : seen(answer.get(0))
            .map(
                entry ->
                    new Pending(
                        entry,
                        (String) answer.get(1),
                        Duration.ofMillis((Long) answer.get(2)),
                        (Long) answer.get(3)));
  }

  private static Optional<Seen> seen(Object answer) {
    List<?> fields = list(answer);
    return fields.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Seen.of((String) fields.get(0), HexFormat.of().parseHex((String) fields.get(1))));
  }

  private static List<?> list(Object answer) {
    return (List<?>) answer;
  }
}
