package io.crossfade.db;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How a test starts one of its own classes in a JVM of its own. */
public final class JavaCommand {

  private JavaCommand() {}

  /**
   * With the classes of this JVM; arguments go behind it.
   *
   * @param jvm options, for example {@code -Xmx32m}
   */
  public static List<String> of(Class<?> main, List<String> jvm) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    return command;
  }
}
