package io.crossfade.reconciler.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.crossfade.db.Kind;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.explain.ExplanationRules;
import io.crossfade.reconciler.explain.ExplanationRules.Rule;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Differences that somebody answers for. */
@Command(
    name = "rules",
    mixinStandardHelpOptions = true,
    description = "Lists, adds and ends rules that explain differences until a day.",
    subcommands = {RulesCommand.Add.class, RulesCommand.End.class})
final class RulesCommand implements Callable<Integer> {

  private static final List<Column> COLUMNS =
      Stream.of("id", "kind", "class", "column", "device", "owner", "until", "reason")
          .map(Column::of)
          .toList();

  @Mixin private Workbench workbench = new Workbench();
  @Mixin private AnswerOptions answer = new AnswerOptions();

  @Override
  public Integer call() {
    ArrayNode rules = AnswerOptions.array();
    try (Workbench.Open open = workbench.open()) {
      for (Rule rule : open.get(ExplanationRules.class).all()) {
        DifferenceClass difference = rule.difference();
        rules
            .addObject()
            .put("id", rule.id())
            .put("kind", rule.kind().label())
            .put("class", difference == null ? null : difference.name())
            .put("column", rule.column())
            .put("device", rule.deviceSn())
            .put("owner", rule.owner())
            .put("until", rule.expiresAt().toString())
            .put("reason", rule.reason());
      }
    }
    answer.list(rules, rules, COLUMNS, "There are no rules; 'rules add' adds one.");
    return ExitCode.PASS;
  }

  /** Adds one. */
  @Command(name = "add", mixinStandardHelpOptions = true, description = "Adds a rule.")
  static final class Add implements Callable<Integer> {

    @Mixin private Workbench workbench = new Workbench();
    @Mixin private AnswerOptions answer = new AnswerOptions();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--kind", required = true, description = "A kind, for example health")
    private String kind = "";

    @Option(names = "--class", description = "${COMPLETION-CANDIDATES}")
    private @Nullable DifferenceClass difference;

    @Option(names = "--column", description = "The only column that may differ")
    private @Nullable String column;

    @Option(names = "--device", description = "Whose records: a device by its serial number")
    private @Nullable String device;

    @Option(names = "--owner", required = true, description = "Who answers for it")
    private String owner = "";

    @Option(names = "--reason", required = true, description = "Why it is no fault")
    private String reason = "";

    @Option(
        names = "--until",
        required = true,
        converter = WindowOptions.Moment.class,
        description = "When it expires")
    private Instant until = Instant.EPOCH;

    @Override
    public Integer call() {
      Rule rule;
      try {
        rule =
            new Rule(
                0,
                Kind.valueOf(kind),
                difference,
                column,
                device,
                owner,
                reason,
                InstantSource.system().instant(),
                until);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), e.getMessage());
      }
      try (Workbench.Open open = workbench.open()) {
        long id = open.get(ExplanationRules.class).add(rule);
        answer.done(
            AnswerOptions.object().put("id", id),
            "Rule %d explains until %s; end it with: rules end %d".formatted(id, until, id));
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), e.getMessage());
      }
      return ExitCode.PASS;
    }
  }

  /** Ends one. */
  @Command(name = "end", mixinStandardHelpOptions = true, description = "Lets a rule expire now.")
  static final class End implements Callable<Integer> {

    @Mixin private Workbench workbench = new Workbench();
    @Mixin private AnswerOptions answer = new AnswerOptions();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "ID", description = "Number of the rule: see 'rules'")
    private long id;

    @Mixin private ActorOption actor = new ActorOption();

    @Override
    public Integer call() {
      try (Workbench.Open open = workbench.open()) {
        if (open.get(ExplanationRules.class).end(id, actor.name()).isEmpty()) {
          throw new ParameterException(
              spec.commandLine(), "There is no rule %d that is valid".formatted(id));
        }
      }
      answer.done(AnswerOptions.object().put("id", id), "Rule %d explains no more.".formatted(id));
      return ExitCode.PASS;
    }
  }
}
