package fugo;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;

/** Loads the native library, from a given file or from the jar. */
final class NativeLibrary {
    /** The property that names a library file to load instead of the one in the jar. */
    static final String PROPERTY = "fugo.native.path";

    private NativeLibrary() {}

    static void load() {
        String given = System.getProperty(PROPERTY);
        if (given != null) {
            System.load(new File(given).getAbsolutePath());
        } else {
            loadFromJar();
        }
        String expected = version();
        if (!Native.version().equals(expected)) {
            throw new UnsatisfiedLinkError("the native library is not version " + expected + ", as the classes are");
        }
    }

    /** Copies the library to a directory that only this user can enter, and deletes it once it is loaded. */
    private static void loadFromJar() {
        String resource = resource();
        try (InputStream library = NativeLibrary.class.getResourceAsStream(resource)) {
            if (library == null) {
                throw new UnsatisfiedLinkError("the jar does not contain " + resource + "; set -D" + PROPERTY
                        + "=FILE to another library");
            }
            Path directory = Files.createTempDirectory("fugo-", ownerOnly());
            Path file = directory.resolve(resource.substring(resource.lastIndexOf('/') + 1));
            try {
                Files.copy(library, file);
                System.load(file.toString());
            } catch (UnsatisfiedLinkError e) {
                UnsatisfiedLinkError error = new UnsatisfiedLinkError(e.getMessage() + "; if no program may run from"
                        + " the temporary directory (noexec), set -Djava.io.tmpdir=DIR to another directory, or -D"
                        + PROPERTY + "=FILE to a copy of the library elsewhere");
                error.initCause(e);
                throw error;
            } finally {
                delete(directory, file);
            }
        } catch (IOException e) {
            UnsatisfiedLinkError error = new UnsatisfiedLinkError(
                    "the native library cannot be written to the temporary directory (java.io.tmpdir); set -D"
                            + PROPERTY + "=FILE to a copy of the library");
            error.initCause(e);
            throw error;
        }
    }

    private static FileAttribute<?>[] ownerOnly() {
        if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        var mode = PosixFilePermissions.fromString("rwx------");
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(mode)};
    }

    /** Deletes now, or when the process ends if a loaded file cannot be deleted. Registered last, deleted first. */
    private static void delete(Path directory, Path file) {
        try {
            Files.deleteIfExists(file);
            Files.delete(directory);
        } catch (IOException e) {
            directory.toFile().deleteOnExit();
            file.toFile().deleteOnExit();
        }
    }

    /** {@code /native/OS-ARCH/FILE}. */
    private static String resource() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String os = name.startsWith("windows") ? "windows" : name.startsWith("mac") ? "macos" : name.replace(' ', '-');
        String arch = switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "aarch64";
            default -> System.getProperty("os.arch");
        };
        return "/native/" + os + "-" + arch + "/" + System.mapLibraryName("fugo_java");
    }

    private static String version() {
        try (InputStream version = NativeLibrary.class.getResourceAsStream("version")) {
            if (version == null) {
                throw new UnsatisfiedLinkError("the resource fugo/version, which the build writes, is missing");
            }
            return new String(version.readAllBytes(), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw new UnsatisfiedLinkError("the resource fugo/version cannot be read");
        }
    }
}
