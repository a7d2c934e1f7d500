/**
 * The new path: append to Redis Streams, consume in batches, reclaim, dead letters, backlog.
 *
 * <p>An entry's way, and where to begin:
 *
 * <ol>
 *   <li>{@link io.crossfade.stream.StreamAppender} appends, on a connection that is never repaired
 *       behind its back ({@code AppendLink}, {@code AppendConnection}); {@code FlushPacer} decides
 *       when bytes go out.
 *   <li>{@code StreamLayout} says into which partition; {@code LayoutAnnouncement} tells everybody,
 *       and {@code StreamLayouts} what others told.
 *   <li>{@code ConsumerFleet} runs the consumers of a kind, as many as {@code ConsumerScaling}
 *       says; each is a {@code StreamConsumer}, which reads by {@code StreamReader}, and as much as
 *       {@code AdaptiveBatch} and {@code ReplyBound} allow.
 *   <li>{@code BatchHandler} commits the rows, and only then acknowledges.
 *   <li>What a consumer left behind that died is claimed by another; {@code Redelivery} says what
 *       becomes of an entry that nobody survives.
 *   <li>{@code StreamUpkeep} looks after it all: groups ({@code StreamGroups}), figures ({@link
 *       io.crossfade.stream.StreamHealth}), trimming ({@code StreamTrimmer}).
 * </ol>
 *
 * <p>Applications import {@link io.crossfade.stream.StreamConfiguration}; {@code StreamWorker} is
 * one of its own that only consumes. Why it is so: {@code stream-pipeline/RATIONALE.md}.
 */
@NullMarked
package io.crossfade.stream;

import org.jspecify.annotations.NullMarked;
