package io.crossfade.reconciler.cli;

import io.crossfade.db.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines in processes of their own, that a test can kill; what they say is in files. */
final class CliProcesses implements AutoCloseable {

  private final Path directory;
  private final List<Process> processes = new ArrayList<>();

  /**
   * @param directory for what they say
   */
  CliProcesses(Path directory) {
    this.directory = directory;
  }

  /**
   * Starts one.
   *
   * @param jvm options of its JVM
   * @param command its name and options
   */
  Process start(List<String> jvm, List<String> command) throws IOException {
    List<String> all = JavaCommand.of(ReconcilerCli.class, jvm);
    all.addAll(command);
    int number = processes.size();
    Process process =
        new ProcessBuilder(all)
            .redirectOutput(directory.resolve(number + ".out").toFile())
            .redirectError(directory.resolve(number + ".err").toFile())
            .start();
    processes.add(process);
    return process;
  }

  /** The file of what one has said. */
  Path out(Process process) {
    return directory.resolve(processes.indexOf(process) + ".out");
  }

  String text(Process process) throws IOException {
    return Files.readString(out(process));
  }

  String errors(Process process) throws IOException {
    return Files.readString(directory.resolve(processes.indexOf(process) + ".err"));
  }

  /** Kills those that are still at work. */
  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }
}
