package io.crossfade.db.logging;

import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import io.crossfade.db.Visible;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.logging.logback.ExtendedWhitespaceThrowableProxyConverter;

/** A stack trace whose lines are its own: {@code %wEx} and all its kin in every pattern. */
public final class VisibleThrowable extends ExtendedWhitespaceThrowableProxyConverter {

  @Override
  protected String throwableProxyToString(IThrowableProxy thrown) {
    return super.throwableProxyToString(new OnOneLine(thrown));
  }

  /** The same throwable with its message, and those of its causes, on one line. */
  private record OnOneLine(IThrowableProxy thrown) implements IThrowableProxy {

    @Override
    public @Nullable String getMessage() {
      String message = thrown.getMessage();
      return message == null ? null : Visible.of(message);
    }

    @Override
    public @Nullable String getOverridingMessage() {
      String message = thrown.getOverridingMessage();
      return message == null ? null : Visible.of(message);
    }

    @Override
    public String getClassName() {
      return thrown.getClassName();
    }

    @Override
    public StackTraceElementProxy[] getStackTraceElementProxyArray() {
      return thrown.getStackTraceElementProxyArray();
    }

    @Override
    public int getCommonFrames() {
      return thrown.getCommonFrames();
    }

    @Override
    public @Nullable IThrowableProxy getCause() {
      IThrowableProxy cause = thrown.getCause();
      return cause == null ? null : new OnOneLine(cause);
    }

    @Override
    public IThrowableProxy[] getSuppressed() {
      return Arrays.stream(thrown.getSuppressed())
          .map(OnOneLine::new)
          .toArray(IThrowableProxy[]::new);
    }

    @Override
    public boolean isCyclic() {
      return thrown.isCyclic();
    }
  }
}
