package io.crossfade.router.paths;

import org.jspecify.annotations.Nullable;

/** Redis did not confirm an append; whether the entries are in the stream is not known. */
public final class StreamUnavailableException extends Exception {

  StreamUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
