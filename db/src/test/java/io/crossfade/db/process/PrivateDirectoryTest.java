package io.crossfade.db.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody else writes, reads, or leads elsewhere. */
class PrivateDirectoryTest {

  private static final String KEY = "crossfade.accounting.directory";

  @TempDir private Path base;

  @Test
  void newDirectoryIsClosedToOthersAndItsParentsAreMade() throws IOException {
    Path made = PrivateDirectory.open(KEY, base.resolve("data/../data/accounting"));
    assertThat(made).isEqualTo(base.resolve("data/accounting"));
    assertThat(permissions(made)).isEqualTo("rwx------");
    Path segment = made.resolve("1.journal");
    Files.createFile(segment, PrivateDirectory.ofAFile(segment));
    assertThat(permissions(segment)).isEqualTo("rw-------");
  }

  @Test
  void whatWasOpenIsClosed() throws IOException {
    Path directory = base.resolve("accounting");
    Files.createDirectories(directory.resolve("instance"));
    Path file = Files.writeString(directory.resolve("instance/1.journal"), "");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    PrivateDirectory.open(KEY, directory);
    assertThat(permissions(directory)).isEqualTo("rwx------");
    assertThat(permissions(directory.resolve("instance"))).isEqualTo("rwx------");
    assertThat(permissions(file)).isEqualTo("rw-------");
  }

  @Test
  void linkIsRefusedWhereverItStands() throws IOException {
    Path elsewhere = Files.createDirectory(base.resolve("elsewhere"));
    Path link = Files.createSymbolicLink(base.resolve("link"), elsewhere);
    refused(link, "is a symbolic link");
    refused(
        Files.createSymbolicLink(base.resolve("dangling"), base.resolve("nowhere")),
        "is a symbolic link");
    Path directory = base.resolve("accounting");
    Files.createDirectories(directory.resolve("instance"));
    Files.createSymbolicLink(directory.resolve("instance/1.journal"), elsewhere.resolve("file"));
    refused(directory, "1.journal is a symbolic link");
  }

  @Test
  void directoryOfSomebodyElseIsRefused() throws IOException {
    Path foreign = Path.of("/tmp");
    if ("root".equals(System.getProperty("user.name"))) {
      foreign = Files.createDirectory(base.resolve("foreign"));
      Files.setAttribute(foreign, "unix:uid", 65_534);
    }
    refused(foreign, "belongs to");
    if ("root".equals(System.getProperty("user.name"))) {
      Path own = base.resolve("own");
      Files.setAttribute(Files.createDirectories(own.resolve("instance")), "unix:uid", 65_534);
      refused(own, "instance belongs to");
    }
  }

  @Test
  void placeThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.writeString(base.resolve("file"), "");
    refused(file, "cannot write");
    refused(file.resolve("below"), "cannot write");
  }

  private static void refused(Path directory, String why) {
    assertThatThrownBy(() -> PrivateDirectory.open(KEY, directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(KEY)
        .hasMessageContaining(why);
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
