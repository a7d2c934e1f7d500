package io.crossfade.stream;

import io.crossfade.db.Kind;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.budget.Lease;
import io.crossfade.stream.StreamLayouts.ReadUpTo;
import io.lettuce.core.Consumer;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XPendingArgs;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.models.stream.PendingMessage;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.StreamMessageListOutput;
import io.lettuce.core.output.StreamReadOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Asks Redis for entries of a kind's streams in the name of one consumer. They are decoded when
 * they come, on another thread: the consumer may still be writing the batch before.
 */
final class StreamReader {

  private static final Duration WAIT = Duration.ofMillis(100);

  /**
   * Up to a moment only so many are asked for as come before it; a group cannot be asked otherwise.
   */
  private static final String UNREAD_BEFORE =
      Lua.GROUP
          + """
          local answer = {}
          for i, key in ipairs(KEYS) do
            local most, before = tonumber(ARGV[3]), ARGV[3 + i]
            if before ~= '' then
              local ours = group(key, ARGV[1])
              if not ours then return redis.error_reply('NOGROUP No group of ' .. key) end
              local last = ours['last-delivered-id']
              most = #redis.call('XRANGE', key, '(' .. last, '(' .. before, 'COUNT', most)
            end
            if most > 0 then
              local read = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', most,
                'STREAMS', key, '>')
              if read then answer[#answer + 1] = read[1] end
            end
          end
          return answer
          """;

  /** Before the first entry of every stream. */
  static final String FIRST = "0-0";

  /**
   * What one question brought.
   *
   * @param bytes of all entries, those that were left out included
   * @param lease what they take of the budget, to be closed when they are written
   */
  record Reply(List<EntryBatch> batches, long bytes, Lease lease) {

    /** Entries of the stream that brought most. */
    int mostOfOne() {
      return batches.stream().mapToInt(EntryBatch::given).max().orElse(0);
    }

    /** Streams that brought something: of urgent or of other records, whichever are more. */
    int busy() {
      int urgent = (int) batches.stream().filter(batch -> batch.stream().urgent()).count();
      return Math.max(urgent, batches.size() - urgent);
    }

    /** Entries that this consumer was given, those that were left out included. */
    int entries() {
      return batches.stream().mapToInt(EntryBatch::given).sum();
    }
  }

  private final Kind kind;
  private final RedisLink<byte[], byte[]> link;
  private final StreamSettings settings;
  private final ByteBudget budget;
  private final Consumer<byte[]> consumer;

  /**
   * @param link the consumer's own: it blocks
   */
  StreamReader(
      Kind kind,
      String consumer,
      RedisLink<byte[], byte[]> link,
      StreamSettings settings,
      ByteBudget budget) {
    this.budget = budget;
    this.kind = kind;
    this.link = link;
    this.settings = settings;
    this.consumer = Consumer.from(bytes(StreamSettings.GROUP), bytes(consumer));
  }

  /** How much the next reply may keep. */
  ReplyBound bound() {
    return ReplyBound.within(budget);
  }

  /** Gives back what a reply takes, now or when it comes. */
  static void release(CompletionStage<Reply> reply) {
    reply.thenAccept(come -> come.lease().close());
  }

  /**
   * What nobody has read yet of the kind's streams as they are with one partition.
   *
   * @param most entries of each stream
   * @param bound how much of them is kept
   */
  CompletionStage<Reply> unread(int most, ReplyBound bound) {
    return unread(StreamName.of(kind), most, bound);
  }

  /**
   * What nobody has read yet. Streams come back in the order in which they are asked for: urgent
   * ones first.
   */
  CompletionStage<Reply> unread(List<StreamName> streams, int most, ReplyBound bound) {
    CommandArgs<byte[], byte[]> how =
        new CommandArgs<>(ByteArrayCodec.INSTANCE)
            .add("GROUP")
            .addKey(consumer.getGroup())
            .addKey(consumer.getName())
            .add("COUNT")
            .add(most)
            .add("BLOCK")
            .add(WAIT.toMillis())
            .add("STREAMS")
            .addKeys(streams.stream().map(this::key).toList());
    streams.forEach(stream -> how.add(">"));
    return ask(streams, CommandType.XREADGROUP, new StreamReadOutput<>(bound), how, bound);
  }

  /** The same while some streams are read up to a moment only; waits for no entry. */
  CompletionStage<Reply> unreadBefore(List<ReadUpTo> readable, int most, ReplyBound bound) {
    List<StreamName> streams = readable.stream().map(ReadUpTo::stream).toList();
    CommandArgs<byte[], byte[]> script =
        new CommandArgs<>(ByteArrayCodec.INSTANCE)
            .add(UNREAD_BEFORE)
            .add(streams.size())
            .addKeys(streams.stream().map(this::key).toList())
            .addKey(consumer.getGroup())
            .addKey(consumer.getName())
            .add(String.valueOf(most));
    readable.forEach(one -> script.add(one.before() == null ? "" : one.before() + "-0"));
    return ask(streams, CommandType.EVAL, new StreamReadOutput<>(bound), script, bound);
  }

  /**
   * Entries that were given to a consumer and not acknowledged, the oldest first.
   *
   * @param after the entry before the first that is looked for
   * @param own those of this consumer; else those of any that has been silent for {@code
   *     claim-idle}
   */
  CompletionStage<List<PendingMessage>> pending(
      StreamName stream, String after, boolean own, int most) {
    XPendingArgs<byte[]> which =
        new XPendingArgs<byte[]>()
            // Lettuce's arguments of XPENDING take no bound that excludes: it would be included.
            .range(
                Range.from(
                    Range.Boundary.including(EntryId.parse(after).next().toString()),
                    Range.Boundary.<String>unbounded()))
            .limit(Limit.from(most));
    if (own) {
      which.consumer(consumer);
    } else {
      which.group(consumer.getGroup()).idle(settings.claimIdle());
    }
    return link.connection().async().xpending(key(stream), which);
  }

  /** Takes such entries, unless somebody else was faster, as one more delivery of each. */
  CompletionStage<Reply> take(StreamName stream, List<String> ids, boolean own, ReplyBound bound) {
    CommandArgs<byte[], byte[]> which =
        new CommandArgs<>(ByteArrayCodec.INSTANCE)
            .addKey(key(stream))
            .addKey(consumer.getGroup())
            .addKey(consumer.getName())
            .add(own ? 0 : settings.claimIdle().toMillis());
    ids.forEach(which::add);
    return ask(
        List.of(stream),
        CommandType.XCLAIM,
        new StreamMessageListOutput<>(bound, key(stream)),
        which,
        bound);
  }

  /** What an entry holds, cut off where it is long; empty when it is not in the stream any more. */
  CompletionStage<Optional<ClippedEntry>> clipped(StreamName stream, String id) {
    return link.connection()
        .async()
        .<List<Object>>eval(
            bytes(ClippedEntry.SCRIPT),
            ScriptOutputType.MULTI,
            new byte[][] {key(stream)},
            ClippedEntry.arguments(id))
        .thenApply(
            answer -> answer.isEmpty() ? Optional.empty() : Optional.of(ClippedEntry.of(answer)));
  }

  /** Lets go of its connection; the next question makes another. */
  void disconnect() {
    link.drop();
  }

  private CompletionStage<Reply> ask(
      List<StreamName> streams,
      CommandType command,
      CommandOutput<byte[], byte[], List<StreamMessage<byte[], byte[]>>> output,
      CommandArgs<byte[], byte[]> arguments,
      ReplyBound bound) {
    CompletionStage<Reply> reply =
        link.connection()
            .async()
            .dispatch(command, output, arguments)
            .thenApplyAsync(
                messages ->
                    new Reply(
                        EntryBatch.of(streams, settings::key, messages),
                        bound.seen(),
                        bound.lease()),
                Thread::startVirtualThread);
    reply.whenComplete(
        (come, failure) -> {
          if (failure != null) {
            bound.lease().close();
          }
        });
    return reply;
  }

  private byte[] key(StreamName stream) {
    return bytes(settings.key(stream));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
