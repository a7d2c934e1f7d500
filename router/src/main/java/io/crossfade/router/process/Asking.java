package io.crossfade.router.process;

import io.lettuce.core.RedisException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Asks a server until it does not answer once: what is known without it is shown all the same, and
 * each question to one that hangs takes seconds.
 */
public final class Asking {

  private final Predicate<RuntimeException> away;
  private boolean answers;

  private Asking(Predicate<RuntimeException> away, boolean answers) {
    this.away = away;
    this.answers = answers;
  }

  /**
   * @param answers whether it did when it was asked last; then it is not asked at all
   */
  public static Asking controlSchema(boolean answers) {
    return new Asking(
        e -> e instanceof DataAccessException || e instanceof TransactionException, answers);
  }

  public static Asking redis() {
    return new Asking(RedisException.class::isInstance, true);
  }

  /** The answer, or {@code otherwise} when there is none. */
  public <T> T ask(Supplier<T> question, T otherwise) {
    T answer = ask(question);
    return answer == null ? otherwise : answer;
  }

  /** The answer; {@code null} when there is none. */
  public <T> @Nullable T ask(Supplier<T> question) {
    if (answers) {
      try {
        return question.get();
      } catch (RuntimeException e) {
        if (!away.test(e)) {
          throw e;
        }
        answers = false;
      }
    }
    return null;
  }

  /** Whether it has answered every question. */
  public boolean answers() {
    return answers;
  }
}
