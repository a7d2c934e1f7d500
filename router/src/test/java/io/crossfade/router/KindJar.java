package io.crossfade.router;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** The jar of a project with kinds by code, as its own build would make it, in a second. */
public final class KindJar {

  /** Its file. */
  public static final String NAME = "kinds.jar";

  private KindJar() {}

  /**
   * Compiles {@code src/main} of a project.
   *
   * @param directory where its classes and its jar are put
   * @return a directory with the jar and nothing else
   * @throws IOException when it does not compile; says why
   */
  public static Path of(Path project, Path directory) throws IOException {
    Path classes = Files.createDirectories(directory.resolve("classes"));
    compile(project.resolve("src/main/java"), classes);
    Path jars = Files.createDirectories(directory.resolve("jars"));
    try (OutputStream file = Files.newOutputStream(jars.resolve(NAME));
        JarOutputStream out = new JarOutputStream(file)) {
      for (Path root : List.of(classes, project.resolve("src/main/resources"))) {
        for (Path one : files(root)) {
          out.putNextEntry(new JarEntry(root.relativize(one).toString().replace('\\', '/')));
          Files.copy(one, out);
          out.closeEntry();
        }
      }
    }
    return jars;
  }

  /** Compiles all sources below a directory, with what this process has on its class path. */
  static void compile(Path sources, Path classes, Path... more) throws IOException {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    StringBuilder classPath = new StringBuilder(System.getProperty("java.class.path"));
    for (Path one : more) {
      classPath.append(System.getProperty("path.separator")).append(one);
    }
    boolean compiled =
        javac
            .getTask(
                said,
                null,
                null,
                List.of(
                    "--release",
                    "21",
                    "-Xlint:all,-path,-classfile,-processing",
                    "-Werror",
                    "-cp",
                    classPath.toString(),
                    "-d",
                    classes.toString()),
                null,
                javac
                    .getStandardFileManager(null, null, null)
                    .getJavaFileObjectsFromPaths(files(sources)))
            .call();
    if (!compiled) {
      throw new IOException(said.toString());
    }
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
