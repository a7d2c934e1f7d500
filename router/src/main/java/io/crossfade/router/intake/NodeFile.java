package io.crossfade.router.intake;

import io.crossfade.db.RecordId;
import io.crossfade.db.control.AcceptanceNodes.Lease;
import io.crossfade.db.process.LockedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The lease of one router on its disk, for a start without the database. Locked for as long as its
 * router runs: routers that share a directory have a file each, and of two that start one gets it.
 */
final class NodeFile implements AutoCloseable {

  /** Routers that can share a directory. */
  private static final int MOST = 64;

  private static final int LONGEST = 2_000;

  /** With an end, so that a part of a line is no line. Earlier releases named no system. */
  private static final Pattern LINE =
      Pattern.compile("node (\\d+) (\\S+) (\\S+) (\\S+) of (\\S+)(?: system (\\S+))? end\n");

  /**
   * What a router had when it ran last.
   *
   * @param at when it last said so, by its own clock
   * @param system whose the control schema was; {@code null} when it did not say
   */
  record Kept(Lease lease, Instant at, @Nullable RecordId system) {}

  private final LockedFile file;
  private final String address;
  private final @Nullable Kept kept;

  private NodeFile(LockedFile file, String address, @Nullable Kept kept) {
    this.file = file;
    this.address = address;
    this.kept = kept;
  }

  /**
   * Takes the first file that is nobody's: one that a router left, or a new one.
   *
   * @param address where the control schema is; what was leased elsewhere is of no use
   * @throws IOException when the directory cannot be used, or all its files are in use
   */
  static NodeFile take(Path directory, String address) throws IOException {
    NodeFile unused = null;
    for (int i = 0; i < MOST; i++) {
      Path file = directory.resolve("node-%d.lease".formatted(i));
      boolean last = !Files.exists(file);
      if (last && unused != null) {
        return unused;
      }
      NodeFile taken = lock(file, address);
      if (taken != null && (last || taken.kept != null)) {
        if (unused != null) {
          unused.close();
        }
        return taken;
      }
      if (taken != null && unused == null) {
        unused = taken;
      } else if (taken != null) {
        taken.close();
      }
    }
    if (unused != null) {
      return unused;
    }
    throw new IOException(
        "All %d files for node numbers in %s are in use".formatted(MOST, directory));
  }

  /** What the router that had it before was last leased; empty when that cannot be told. */
  Optional<Kept> kept() {
    return Optional.ofNullable(kept);
  }

  void keep(Lease lease, Instant now, @Nullable RecordId system) throws IOException {
    byte[] line =
        "node %d %s %s %s of %s%s end\n"
            .formatted(
                lease.id(),
                lease.startedAt(),
                lease.renewedAt(),
                now,
                address,
                system == null ? "" : " system " + system)
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.wrap(line);
    while (bytes.hasRemaining()) {
      file.channel().write(bytes, bytes.position());
    }
    file.channel().truncate(line.length);
    file.channel().force(true);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private static @Nullable NodeFile lock(Path file, String address) throws IOException {
    LockedFile taken = LockedFile.tryLock(file);
    return taken == null ? null : new NodeFile(taken, address, read(taken.channel(), address));
  }

  private static @Nullable Kept read(FileChannel channel, String address) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(LONGEST);
    while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) > 0) {
      // More may come.
    }
    Matcher line =
        LINE.matcher(new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8));
    if (!line.matches() || !line.group(5).equals(address)) {
      return null;
    }
    try {
      return new Kept(
          new Lease(
              Long.parseLong(line.group(1)),
              Instant.parse(line.group(2)),
              Instant.parse(line.group(3))),
          Instant.parse(line.group(4)),
          line.group(6) == null ? null : RecordId.parse(line.group(6)));
    } catch (IllegalArgumentException | DateTimeException e) {
      return null;
    }
  }
}
