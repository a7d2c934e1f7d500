package io.crossfade.db.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

/**
 * A directory that nobody but this process's user reads or writes. What lies in it is believed: a
 * forged note would be a record that was lost, a link would have this process write elsewhere.
 */
public final class PrivateDirectory {

  private static final Set<PosixFilePermission> OF_A_DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OF_A_FILE =
      PosixFilePermissions.fromString("rw-------");

  private PrivateDirectory() {}

  /**
   * Makes it where there is none; closes it, and what is in it, to others.
   *
   * @param key the setting that names it
   * @return its absolute path
   * @throws IOException when it or anything in it is a link or another user's, or when it cannot be
   *     written; the message names the key
   */
  public static Path open(String key, Path configured) throws IOException {
    Path directory = configured.toAbsolutePath().normalize();
    if (Files.isSymbolicLink(directory)) {
      throw refused(key, directory, "is a symbolic link");
    }
    UserPrincipal self;
    try {
      make(directory);
      self = self(directory);
    } catch (IOException e) {
      throw new IOException(
          "%s is %s, where this user cannot write (%s); name a directory on a disk that outlives the process"
              .formatted(key, directory, e),
          e);
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
              throws IOException {
            close(key, path, self, OF_A_DIRECTORY);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isSymbolicLink()) {
              throw refused(key, path, "is a symbolic link");
            }
            close(key, path, self, OF_A_FILE);
            return FileVisitResult.CONTINUE;
          }

          /** Another instance has accounted for it meanwhile. */
          @Override
          public FileVisitResult visitFileFailed(Path path, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        });
    return directory;
  }

  /** What makes a new file closed to others from its first moment. */
  public static FileAttribute<?>[] ofAFile(Path file) {
    return isPosix(file)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OF_A_FILE)}
        : new FileAttribute<?>[0];
  }

  /**
   * Writes a small file in place of what was there, closed to others from its first moment,
   * whatever the umask, and never through a link.
   */
  public static void write(Path file, String text) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING,
                LinkOption.NOFOLLOW_LINKS),
            ofAFile(file))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  /** Makes a directory, and those above it, that are closed to others. */
  public static void makeInside(Path directory) throws IOException {
    if (isPosix(directory)) {
      Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OF_A_DIRECTORY));
    } else {
      Files.createDirectories(directory);
    }
  }

  private static void make(Path directory) throws IOException {
    Path parent = directory.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try {
      if (isPosix(directory)) {
        Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OF_A_DIRECTORY));
      } else {
        Files.createDirectory(directory);
      }
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
  }

  /** Whoever owns what this process makes. */
  private static UserPrincipal self(Path directory) throws IOException {
    Path probe = Files.createTempFile(directory, "owner", ".probe");
    try {
      return Files.getOwner(probe);
    } finally {
      Files.delete(probe);
    }
  }

  private static void close(
      String key, Path path, UserPrincipal self, Set<PosixFilePermission> permissions)
      throws IOException {
    try {
      UserPrincipal owner = Files.getOwner(path, LinkOption.NOFOLLOW_LINKS);
      if (!owner.equals(self)) {
        throw refused(key, path, "belongs to %s, not to %s".formatted(owner, self));
      }
      if (isPosix(path)
          && !Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS).equals(permissions)) {
        Files.setPosixFilePermissions(path, permissions);
      }
    } catch (NoSuchFileException e) {
      // Another instance has accounted for it meanwhile.
    }
  }

  private static IOException refused(String key, Path path, String why) {
    return new IOException(
        "%s: %s %s; remove it, or name another directory".formatted(key, path, why));
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
