/**
 * The application: devices in front, both paths behind.
 *
 * <p>An upload's way is a good one through the packages:
 *
 * <ol>
 *   <li>{@code intake}: from the socket to stamped records. {@code UploadServlet} reads, routes and
 *       answers.
 *   <li>{@code routing}: {@code RoutingPolicy} decides, {@code UploadRouter} sends each record down
 *       the path that serves it and, while dual write is on, a copy down the other.
 *   <li>{@code paths}: the stream behind its breaker, and the memory queue that takes over.
 * </ol>
 *
 * <p>What an operator does comes from the other side: {@code operator} (who may), {@code console}
 * and the controllers (how it is asked), {@code overview} (what needs a person), {@code rollout}
 * (who may switch what, and when), {@code gates} (whether figures allow it), {@code flags} (what is
 * switched, in memory, on disk and in the control schema). {@code reconciliation} and {@code
 * deadletters} show what the reconciler found and what no output could take. Why it is so: {@code
 * router/RATIONALE.md}.
 */
@NullMarked
package io.crossfade.router;

import org.jspecify.annotations.NullMarked;
