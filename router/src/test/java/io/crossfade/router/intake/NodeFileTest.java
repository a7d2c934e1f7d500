package io.crossfade.router.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.db.RecordId;
import io.crossfade.db.control.AcceptanceNodes.Lease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeFileTest {

  private static final RecordId SYSTEM = new RecordId(0x1234_5678_9abcL, 7);
  private static final String ADDRESS = "jdbc:mysql://db:3306/control";
  private static final Instant NOW = Instant.parse("2026-11-26T10:00:00.123Z");
  private static final Lease LEASE = new Lease(1_030, NOW.minus(Duration.ofHours(3)), NOW);

  @TempDir private Path directory;

  @Test
  void remembersWhatARouterHad() throws IOException {
    try (NodeFile file = NodeFile.take(directory, ADDRESS)) {
      assertThat(file.kept()).isEmpty();
      file.keep(new Lease(123_456_789_012L, Instant.EPOCH, Instant.EPOCH), NOW, null);
      file.keep(LEASE, NOW, SYSTEM);
    }
    try (NodeFile again = NodeFile.take(directory, ADDRESS)) {
      assertThat(again.kept()).contains(new NodeFile.Kept(LEASE, NOW, SYSTEM));
    }
    try (NodeFile other = NodeFile.take(directory, "jdbc:mysql://db:3306/another")) {
      assertThat(other.kept()).as("what was leased elsewhere").isEmpty();
    }
  }

  @Test
  void ofTwoThatRunEachHasItsOwnAndTheNextTakesWhatOneLeft() throws IOException {
    Lease second = new Lease(1_031, NOW, NOW);
    try (NodeFile one = NodeFile.take(directory, ADDRESS)) {
      one.keep(LEASE, NOW, SYSTEM);
      try (NodeFile other = NodeFile.take(directory, ADDRESS)) {
        assertThat(other.kept()).isEmpty();
        other.keep(second, NOW, SYSTEM);
      }
      try (NodeFile next = NodeFile.take(directory, ADDRESS)) {
        assertThat(next.kept()).map(NodeFile.Kept::lease).contains(second);
      }
    }
  }

  /** Whoever may write here must not have it write elsewhere. */
  @Test
  void writesThroughNoLink() throws IOException {
    Path elsewhere = Files.writeString(directory.resolve("elsewhere"), "of somebody");
    Files.createSymbolicLink(directory.resolve("node-0.lease"), elsewhere);
    assertThatThrownBy(() -> NodeFile.take(directory, ADDRESS)).isInstanceOf(IOException.class);
    assertThat(elsewhere).hasContent("of somebody");
  }

  @Test
  void noPartOfALineIsALine() throws IOException {
    Path only;
    try (NodeFile file = NodeFile.take(directory, ADDRESS)) {
      file.keep(LEASE, NOW, SYSTEM);
      only = directory.resolve("node-0.lease");
    }
    String line = Files.readString(only);
    for (int length = 0; length < line.length(); length++) {
      Files.writeString(only, line.substring(0, length));
      try (NodeFile torn = NodeFile.take(directory, ADDRESS)) {
        assertThat(torn.kept()).as(line.substring(0, length)).isEmpty();
      }
    }
  }

  @Test
  void earlierReleaseNamedNoSystem() throws IOException {
    Files.writeString(
        directory.resolve("node-0.lease"),
        "node %d %s %s %s of %s end\n"
            .formatted(LEASE.id(), LEASE.startedAt(), LEASE.renewedAt(), NOW, ADDRESS));
    try (NodeFile file = NodeFile.take(directory, ADDRESS)) {
      assertThat(file.kept()).contains(new NodeFile.Kept(LEASE, NOW, null));
    }
  }
}
