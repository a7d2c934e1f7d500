package io.crossfade.router.rollout;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file per router and system, readable by its owner only. Routers of one system that share a
 * directory have a file each; one that starts takes over what those left that are gone.
 */
public final class FlagFile implements FlagMemory, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FlagFile.class);

  /** Routers of one system that can share a directory. */
  private static final int MOST = 64;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          // Written by a newer release, perhaps.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /** A file that is this router's alone as long as its lock is held. */
  private record Slot(Path file, FileChannel lock) {

    void release() throws IOException {
      lock.close();
    }
  }

  private final Path directory;
  private final String name;
  private @Nullable Slot own;

  /**
   * @param address URL of the control schema: flags of another one are not looked at
   */
  public FlagFile(Path directory, String address) {
    this.directory = directory;
    String where = address.replaceFirst("\\?.*", "");
    this.name =
        "flags-%s-%s".formatted(where.replaceFirst(".*/", "").replaceAll("\\W", "_"), hash(where));
  }

  @Override
  public synchronized Optional<Kept> load() {
    List<Slot> gone = new ArrayList<>();
    try {
      Slot mine = own();
      List<Kept> found = new ArrayList<>();
      read(mine.file()).ifPresent(found::add);
      for (int i = 0; i < MOST; i++) {
        if (Files.exists(file(i)) && !file(i).equals(mine.file())) {
          Slot slot = take(i);
          if (slot != null) {
            gone.add(slot);
            read(slot.file()).ifPresent(found::add);
          }
        }
      }
      Optional<Kept> all = together(found);
      if (all.isPresent() && !gone.isEmpty()) {
        keep(all.get());
        for (Slot slot : gone) {
          Files.deleteIfExists(slot.file());
        }
      }
      return all;
    } catch (IOException e) {
      log.warn("Cannot use {} to keep the flags: {}", directory, e.toString());
      return Optional.empty();
    } finally {
      gone.forEach(FlagFile::release);
    }
  }

  /** The newest flags, and everything that waits, once. */
  private static Optional<Kept> together(List<Kept> found) {
    Optional<Kept> newest = found.stream().max(Comparator.comparing(Kept::asOf));
    if (newest.isEmpty()) {
      return newest;
    }
    Map<String, PendingChange> pending = new LinkedHashMap<>();
    String system = newest.get().stored().system();
    found.stream()
        .filter(kept -> Set.of("", system).contains(kept.stored().system()))
        .flatMap(kept -> kept.pending().stream())
        .sorted(Comparator.comparing(PendingChange::decidedAt))
        .forEach(change -> pending.put(change.id(), change));
    return Optional.of(
        new Kept(newest.get().stored(), newest.get().asOf(), List.copyOf(pending.values())));
  }

  @Override
  public synchronized void keep(Kept kept) throws IOException {
    Path file = own().file();
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.deleteIfExists(next);
    createPrivate(next);
    try (FileChannel out = FileChannel.open(next, StandardOpenOption.WRITE)) {
      ByteBuffer bytes =
          ByteBuffer.wrap(JSON.writeValueAsString(kept).getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    // The name must survive a power failure too.
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  @Override
  public synchronized void close() {
    Slot slot = own;
    own = null;
    if (slot != null) {
      release(slot);
    }
  }

  private Slot own() throws IOException {
    Slot slot = own;
    if (slot == null) {
      Files.createDirectories(directory);
      for (int i = 0; i < MOST && slot == null; i++) {
        slot = take(i);
      }
      if (slot == null) {
        throw new IOException("%d routers have their flags in %s".formatted(MOST, directory));
      }
      own = slot;
    }
    return slot;
  }

  /** Null when another router has it. */
  private @Nullable Slot take(int number) throws IOException {
    Path lock = directory.resolve("%s-%d.lock".formatted(name, number));
    if (!Files.exists(lock)) {
      createPrivate(lock);
    }
    FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
    try {
      FileLock held = channel.tryLock();
      if (held != null) {
        return new Slot(file(number), channel);
      }
    } catch (OverlappingFileLockException e) {
      log.debug("{} is taken by this process", lock);
    }
    channel.close();
    return null;
  }

  private static void createPrivate(Path file) throws IOException {
    try {
      if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } else {
        Files.createFile(file);
      }
    } catch (java.nio.file.FileAlreadyExistsException e) {
      log.debug("{} was there already", file);
    }
  }

  private Optional<Kept> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(file.toFile(), Kept.class));
    } catch (IOException e) {
      Path aside = file.resolveSibling(file.getFileName() + ".unreadable");
      log.error("Cannot read the flags in {}, put aside as {}: {}", file, aside, e.getMessage());
      Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      return Optional.empty();
    }
  }

  private Path file(int number) {
    return directory.resolve("%s-%d.json".formatted(name, number));
  }

  private static void release(Slot slot) {
    try {
      slot.release();
    } catch (IOException e) {
      log.debug("Cannot release {}: {}", slot.file(), e.getMessage());
    }
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
