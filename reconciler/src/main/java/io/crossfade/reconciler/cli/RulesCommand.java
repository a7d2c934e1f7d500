package io.crossfade.reconciler.cli;

import io.crossfade.db.Kind;
import io.crossfade.db.Visible;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.explain.ExplanationRules;
import io.crossfade.reconciler.explain.ExplanationRules.Rule;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Callable;
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

  @Mixin private Workbench workbench = new Workbench();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (Workbench.Open open = workbench.open()) {
      open.get(ExplanationRules.class)
          .all()
          .forEach(rule -> out.println(Visible.of(rule.toString())));
    }
    out.flush();
    return ExitCode.PASS;
  }

  /** Adds one. */
  @Command(name = "add", mixinStandardHelpOptions = true, description = "Adds a rule.")
  static final class Add implements Callable<Integer> {

    @Mixin private Workbench workbench = new Workbench();
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
        open.get(ExplanationRules.class).add(rule);
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
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "ID", description = "Number of the rule: see 'rules'")
    private long id;

    @Mixin private ActorOption actor = new ActorOption();

    @Override
    public Integer call() {
      try (Workbench.Open open = workbench.open()) {
        if (!open.get(ExplanationRules.class).end(id, actor.name())) {
          throw new ParameterException(
              spec.commandLine(), "There is no rule %d that is valid".formatted(id));
        }
      }
      return ExitCode.PASS;
    }
  }
}
