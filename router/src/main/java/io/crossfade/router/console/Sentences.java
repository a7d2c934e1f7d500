package io.crossfade.router.console;

import io.crossfade.router.overview.NextSentence;
import io.crossfade.router.rollout.NextStep;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.context.MessageSource;

/** Sentences that are put together of several words, in one language. */
public final class Sentences {

  private final MessageSource words;
  private final Locale locale;

  Sentences(MessageSource words, Locale locale) {
    this.words = words;
    this.locale = locale;
  }

  /** What comes next for a kind; {@code null} when that cannot be asked. */
  public NextSentence of(@Nullable NextStep next) {
    return NextSentence.of(
        next, key -> Objects.requireNonNull(words.getMessage(key, null, locale)));
  }
}
