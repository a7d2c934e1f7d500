package io.crossfade.reconciler.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What no output could take, asking a router. */
@Command(
    name = "deadletters",
    mixinStandardHelpOptions = true,
    description = "Counts the dead letters by what they died of. Asks a router.",
    subcommands = {
      DeadLettersCommand.Listing.class,
      DeadLettersCommand.Show.class,
      DeadLettersRedrive.class,
      DeadLettersDiscard.class
    })
final class DeadLettersCommand implements Callable<Integer> {

  static final String PATH = "/api/dead-letters";

  private static final List<Column> REASONS =
      List.of(
          Column.of("letters"),
          Column.of("source"),
          Column.of("kind"),
          Column.of("state"),
          Column.at("first", "/firstAt"),
          Column.at("last", "/lastAt"),
          Column.of("reason"));

  private static final List<Column> LETTERS =
      List.of(
          new Column("letter", DeadLettersCommand::name),
          Column.of("kind"),
          Column.of("state"),
          Column.of("attempts"),
          Column.of("bytes"),
          Column.at("last", "/lastAt"),
          Column.of("reason"));

  @Mixin private ApiOptions api = new ApiOptions();
  @Mixin private AnswerOptions answer = new AnswerOptions();
  @Mixin private LetterOptions which = new LetterOptions();

  @Option(names = "--limit", defaultValue = "100", description = "default: ${DEFAULT-VALUE}")
  private int limit;

  @Override
  public Integer call() {
    try (Api router = api.open()) {
      Map<String, Object> asked = which.parameters();
      asked.put("limit", limit);
      JsonNode reasons = router.get(PATH + "/reasons", asked);
      answer.list(reasons, reasons, REASONS, "There is no such letter.");
    }
    return ExitCode.PASS;
  }

  /** How a letter is named. */
  static String name(JsonNode letter) {
    return letter.path("source").asText().toLowerCase(Locale.ROOT)
        + "/"
        + letter.path("key").asText();
  }

  /** Letters one by one. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists letters, the newest first.")
  static final class Listing implements Callable<Integer> {

    @Mixin private ApiOptions api = new ApiOptions();
    @Mixin private AnswerOptions answer = new AnswerOptions();
    @Mixin private LetterOptions which = new LetterOptions();

    @Option(names = "--died", description = "Those that died of this: the whole reason")
    private String died = "";

    @Option(names = "--limit", defaultValue = "25", description = "default: ${DEFAULT-VALUE}")
    private int limit;

    @Override
    public Integer call() {
      try (Api router = api.open()) {
        Map<String, Object> asked = which.parameters();
        asked.put("limit", limit);
        if (!died.isEmpty()) {
          asked.put("died", died);
        }
        JsonNode letters = router.get(PATH, asked);
        answer.list(letters, letters, LETTERS, "There is no such letter.");
      }
      return ExitCode.PASS;
    }
  }

  /** One letter. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows a letter with all of its body, which is health data.")
  static final class Show implements Callable<Integer> {

    @Mixin private ApiOptions api = new ApiOptions();
    @Mixin private AnswerOptions answer = new AnswerOptions();

    @Parameters(
        paramLabel = "SOURCE/KEY",
        description = "As 'deadletters list' names it",
        converter = LetterOptions.Name.class)
    private String letter = "";

    @Override
    public Integer call() {
      try (Api router = api.open()) {
        JsonNode found = router.get(PATH + "/" + letter);
        answer.done(
            found,
            "%s of %s is %s, after %d attempts from %s to %s"
                .formatted(
                    letter,
                    found.path("kind").asText(),
                    found.path("state").asText(),
                    found.path("attempts").asInt(),
                    found.path("firstAt").asText(),
                    found.path("lastAt").asText()),
            "died of: " + found.path("reason").asText(),
            found.hasNonNull("closed")
                ? "dealt with by %s at %s: %s"
                    .formatted(
                        found.at("/closed/by").asText(),
                        found.at("/closed/at").asText(),
                        found.at("/closed/because").asText())
                : "",
            found.path("body").asText());
      }
      return ExitCode.PASS;
    }
  }
}
