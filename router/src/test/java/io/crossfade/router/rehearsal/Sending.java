package io.crossfade.router.rehearsal;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.Kind;

/**
 * One upload.
 *
 * @param name for messages
 * @param answer that its sender knows for it
 * @param taken notes what must have become of it, once it is answered so
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Sending(String name, Kind kind, byte[] json, boolean v2, Answer answer, Runnable taken) {

  /** Tells an answer that is known from others. */
  interface Answer {
    boolean isKnown(int status, JsonNode body);
  }
}
