/**
 * From an HTTP body to stamped records: read, normalise, stamp, answer.
 *
 * <ol>
 *   <li>{@link io.crossfade.router.intake.UploadServlet}: one endpoint, from request to answer.
 *   <li>{@code ArrivingBody}, {@code SlowBodies}, {@code ClientProtocol}: a body that is not there
 *       yet holds no thread and little memory, and must come in time.
 *   <li>{@code UploadReader} with {@code SentJson}, {@code ItemCollector}, {@code Values}: whatever
 *       shape devices send, item by item and value by value; nothing of it is bent.
 *   <li>{@code HealthNormaliser}, {@code DeviceNormaliser}, {@code EventNormaliser}: an item
 *       becomes a record, or is unreadable and becomes a letter ({@code Surroundings}).
 *   <li>{@link io.crossfade.router.intake.Stamper}: its place among all acceptances, with this
 *       router's number ({@link io.crossfade.router.intake.NodeLease}).
 * </ol>
 */
@NullMarked
package io.crossfade.router.intake;

import org.jspecify.annotations.NullMarked;
