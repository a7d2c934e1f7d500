package io.crossfade.stream;

import io.crossfade.db.Kind;
import io.lettuce.core.Consumer;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAutoClaimArgs;
import io.lettuce.core.XReadArgs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Asks Redis for entries of a kind's streams in the name of one consumer. They are decoded when
 * they come, on another thread: the consumer may still be writing the batch before.
 */
final class StreamReader {

  private static final Duration WAIT = Duration.ofMillis(100);

  /** Before the first entry of every stream. */
  static final String FIRST = "0-0";

  /**
   * Entries whose consumer died.
   *
   * @param next from where to look for more; {@link #more} says whether there may be any
   */
  record Claimed(String next, List<EntryBatch> batches) {

    boolean more() {
      return !FIRST.equals(next);
    }
  }

  private final Kind kind;
  private final RedisLink<byte[], byte[]> link;
  private final StreamSettings settings;
  private final Consumer<byte[]> consumer;

  /**
   * @param link the consumer's own: it blocks
   */
  StreamReader(
      Kind kind, String consumer, RedisLink<byte[], byte[]> link, StreamSettings settings) {
    this.kind = kind;
    this.link = link;
    this.settings = settings;
    this.consumer = Consumer.from(bytes(StreamSettings.GROUP), bytes(consumer));
  }

  /**
   * What nobody has read yet. Streams come back in the order in which they are asked for: the
   * urgent one first.
   *
   * @param most entries of each stream
   */
  CompletionStage<List<EntryBatch>> unread(int most) {
    return read(
        XReadArgs.Builder.block(WAIT).count(most),
        StreamName.of(kind).stream()
            .map(stream -> XReadArgs.StreamOffset.lastConsumed(key(stream)))
            .toList());
  }

  /** What this consumer was given and has not acknowledged, from an entry on. */
  CompletionStage<List<EntryBatch>> ownPending(StreamName stream, String after, int most) {
    return read(
        XReadArgs.Builder.count(most), List.of(XReadArgs.StreamOffset.from(key(stream), after)));
  }

  /** Takes over what consumers left that have been silent for {@code claim-idle}. */
  CompletionStage<Claimed> claim(StreamName stream, String from, int most) {
    return link.connection()
        .async()
        .xautoclaim(
            key(stream),
            XAutoClaimArgs.Builder.<byte[]>xautoclaim(consumer, settings.claimIdle(), from)
                .count(most))
        .thenApplyAsync(
            claimed -> new Claimed(claimed.getId(), decode(claimed.getMessages())),
            Thread::startVirtualThread);
  }

  /** Lets go of its connection; the next question makes another. */
  void disconnect() {
    link.drop();
  }

  private CompletionStage<List<EntryBatch>> read(
      XReadArgs how, List<XReadArgs.StreamOffset<byte[]>> offsets) {
    @SuppressWarnings({"unchecked", "rawtypes"}) // an array, since that is how Lettuce takes them
    XReadArgs.StreamOffset<byte[]>[] array = offsets.toArray(XReadArgs.StreamOffset[]::new);
    return link.connection()
        .async()
        .xreadgroup(consumer, how, array)
        .thenApplyAsync(this::decode, Thread::startVirtualThread);
  }

  private List<EntryBatch> decode(List<StreamMessage<byte[], byte[]>> messages) {
    return EntryBatch.of(StreamName.of(kind), settings::key, messages);
  }

  private byte[] key(StreamName stream) {
    return bytes(settings.key(stream));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
