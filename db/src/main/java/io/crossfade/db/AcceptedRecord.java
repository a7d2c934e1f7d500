package io.crossfade.db;

import java.time.LocalDateTime;

/**
 * One normalised, stamped item of an upload. Both paths write exactly this; nothing is added later.
 */
public interface AcceptedRecord {

  Acceptance acceptance();

  /** Serial number of the device, 1 to 255 characters. */
  String deviceSn();

  /** The record's own time in the field's zone, whole seconds. */
  LocalDateTime timestamp();

  /** Whom the device belongs to, as it says itself. */
  Owner owner();

  Kind kind();

  /** The same record, with another reason for being where it is. */
  AcceptedRecord because(RouteReason reason);
}
