package io.crossfade.router.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.Kind;
import io.crossfade.db.control.AuditLog;
import io.crossfade.db.control.DeadLetterDesk;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.reconciler.ComparisonRequest;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.reconciler.verdict.Reason;
import io.crossfade.reconciler.verdict.Verdict;
import io.crossfade.router.flags.Cohort;
import io.crossfade.router.flags.RolloutChange;
import io.crossfade.router.flags.RolloutFlags;
import io.crossfade.router.flags.Stage;
import io.crossfade.router.gates.Finding;
import io.crossfade.router.gates.Gate;
import io.crossfade.router.history.Mark;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.Setting;
import io.crossfade.router.overview.Alert;
import io.crossfade.router.overview.Severity;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WordsTest {

  private static final Path PAGES = Path.of("src/main/resources/crossfade");
  private static final Pattern KEY = Pattern.compile("#\\{([\\w.-]+)[(}]");
  private static final Pattern FORMAT = Pattern.compile("%[^a-zA-Z%]*[a-zA-Z%]|\\{\\d}");

  @Test
  void bothLanguagesHaveTheSameWordsWithTheSamePlaces() throws Exception {
    Properties english = words("words.properties");
    Properties chinese = words("words_zh.properties");
    assertThat(new TreeSet<>(chinese.keySet())).isEqualTo(new TreeSet<>(english.keySet()));
    for (String key : english.stringPropertyNames()) {
      List<String> wanted = places(english.getProperty(key));
      var actual = assertThat(places(chinese.getProperty(key))).as(key);
      // A phrase takes its values in one order; numbered places may stand anywhere.
      if (key.startsWith("phrase.")) {
        actual.isEqualTo(wanted);
      } else {
        actual.containsExactlyInAnyOrderElementsOf(wanted);
      }
    }
  }

  @Test
  void everyWordOfAPageIsThere() throws Exception {
    Set<String> known = words("words.properties").stringPropertyNames();
    try (var pages = Files.walk(PAGES)) {
      for (Path page : pages.filter(path -> path.toString().endsWith(".html")).toList()) {
        Matcher key = KEY.matcher(Files.readString(page));
        while (key.find()) {
          assertThat(known).as(page.toString()).contains(key.group(1));
        }
      }
    }
  }

  @Test
  void everyConstantHasAWord() throws Exception {
    Set<String> known = words("words.properties").stringPropertyNames();
    has(known, "action.", AuditLog.Action.values());
    has(known, "alert.", Alert.Condition.values());
    has(known, "settings.from.", Setting.Origin.values());
    has(known, "severity.", Severity.values());
    has(known, "because.", Reason.values());
    has(known, "breaker.", CircuitBreaker.State.values());
    has(known, "class.", DifferenceClass.values());
    has(known, "explanation.", Explanation.values());
    has(known, "flags.from.", RolloutFlags.Source.values());
    has(known, "gate.", Gate.values());
    has(known, "kind.", Kind.values(), Kind::label);
    has(known, "mark.", Mark.Sort.values());
    has(known, "origin.", RolloutChange.Origin.values());
    has(known, "phrase.", Finding.Phrase.values());
    has(known, "refused.", Refusal.values(), Refusal::label);
    has(known, "run.", ComparisonRequest.Origin.values());
    has(known, "source.", DeadLetters.Source.values());
    has(known, "stage.", Stage.values(), Stage::label);
    has(known, "state.", DeadLetterDesk.State.values());
    has(known, "verdict.", Verdict.values());
    has(known, "why.", Cohort.Membership.values());
  }

  private static void has(Set<String> known, String prefix, Enum<?>... constants) {
    has(known, prefix, constants, Enum::name);
  }

  private static <E> void has(
      Set<String> known, String prefix, E[] constants, Function<E, String> name) {
    Arrays.stream(constants)
        .forEach(constant -> assertThat(known).contains(prefix + name.apply(constant)));
  }

  private static List<String> places(String words) {
    return FORMAT.matcher(words).results().map(match -> match.group()).toList();
  }

  private static Properties words(String name) throws IOException {
    Properties words =
        new Properties() {
          private static final long serialVersionUID = 1;

          /** The second of two would win, on the page of the first, too. */
          @Override
          public synchronized Object put(Object key, Object value) {
            assertThat(containsKey(key)).as("%s: %s is there twice", name, key).isFalse();
            return super.put(key, value);
          }
        };
    try (Reader reader =
        new InputStreamReader(
            Objects.requireNonNull(
                WordsTest.class.getResourceAsStream("/crossfade/console/" + name)),
            StandardCharsets.UTF_8)) {
      words.load(reader);
    }
    return words;
  }
}
