package fugo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the library is found. Each test uses a new process. */
class NativeLibraryTest {
    @TempDir
    Path directory;

    /** The exit status and output of {@link #main} in a new process. */
    private record Run(int status, String output) {}

    /** Prints the contents of the temporary directory while the library is in use. */
    public static void main(String[] arguments) throws IOException {
        System.out.println(Known.symbolKey(Known.SCOPE).symbol(MyNumber.parse(Known.NUMBER)).hex());
        try (var left = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            System.out.println("left " + left.filter(NativeLibraryTest::isOurs).count());
        }
    }

    private static boolean isOurs(Path path) {
        return path.getFileName().toString().startsWith("fugo-");
    }

    private static Run run(String... options) throws IOException, InterruptedException {
        Process process = started(options);
        String output = new String(process.getInputStream().readAllBytes());
        return new Run(process.waitFor(), output);
    }

    private static Process started(String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(options));
        command.add(NativeLibraryTest.class.getName());
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private Path extracted() throws IOException {
        String name = System.mapLibraryName("fugo_java");
        Path file = directory.resolve(name);
        String arch = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
        try (InputStream library = Native.class.getResourceAsStream("/native/linux-" + arch + "/" + name)) {
            assertNotNull(library, "these tests run on Linux, against the jar");
            Files.copy(library, file);
        }
        return file;
    }

    @Test
    void theLibraryComesOutOfTheJarAndLeavesNothingBehind() throws Exception {
        Run run = run("-Djava.io.tmpdir=" + directory);
        assertEquals(new Run(0, Known.AGENCY + "\nleft 0\n"), run);
        try (var left = Files.list(directory)) {
            assertEquals(0, left.filter(NativeLibraryTest::isOurs).count());
        }
    }

    @Test
    void aGivenFileIsLoadedWhereNothingCanBeWritten() throws Exception {
        Path file = extracted();
        Path absent = directory.resolve("absent");
        Run refused = run("-Djava.io.tmpdir=" + absent);
        assertEquals(1, refused.status());
        assertTrue(refused.output().contains("-Dfugo.native.path=FILE to a copy of the library"), refused.output());
        Run run = run("-Dfugo.native.path=" + file, "-Djava.io.tmpdir=" + directory);
        assertEquals(new Run(0, Known.AGENCY + "\nleft 0\n"), run);
    }

    @Test
    void everyClassLoaderHasALibraryOfItsOwnWhateverLoaderTheThreadHas() throws Exception {
        URL jar = Native.class.getProtectionDomain().getCodeSource().getLocation();
        ClassLoader parent = ClassLoader.getPlatformClassLoader();
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(null);
        try (URLClassLoader one = new URLClassLoader(new URL[] {jar}, parent);
                URLClassLoader two = new URLClassLoader(new URL[] {jar}, parent)) {
            for (ClassLoader loader : List.of(one, two)) {
                var parse = loader.loadClass("fugo.MyNumber").getMethod("parse", CharSequence.class);
                assertEquals("MyNumber(..)", parse.invoke(null, Known.NUMBER).toString());
                Throwable thrown = assertThrows(InvocationTargetException.class, () -> parse.invoke(null, "1"));
                Throwable refused = thrown.getCause();
                assertEquals("fugo.MyNumberException", refused.getClass().getName());
                assertSame(loader, refused.getClass().getClassLoader());
            }
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Test
    void aLibraryOfAnotherVersionIsRefused() throws Exception {
        Path classes = Files.createDirectories(directory.resolve("classes/fugo"));
        Files.writeString(classes.resolve("version"), "0.0.9\n");
        // Before the jar on the class path, so that the classes have that version.
        Run run = run("-Dfugo.native.path=" + extracted(), "-cp", classes.getParent() + File.pathSeparator
                + System.getProperty("java.class.path"));
        assertEquals(1, run.status());
        assertTrue(run.output().contains("the native library is not version 0.0.9"), run.output());
    }

    @Test
    void aLibraryThatIsNoneIsRefused() throws Exception {
        Path file = directory.resolve("text.so");
        Files.writeString(file, "text");
        Run run = run("-Dfugo.native.path=" + file);
        assertEquals(1, run.status());
        assertTrue(run.output().contains("UnsatisfiedLinkError"), run.output());
    }

    @Test
    void whereTheJarsLibraryCannotBeLoadedTheErrorSaysWhatToDo() throws Exception {
        // As on a file system that is mounted noexec: the file exists but cannot be mapped.
        String name = extracted().getFileName().toString();
        String arch = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
        Path place = Files.createDirectories(directory.resolve("classes/native/linux-" + arch));
        Files.writeString(place.resolve(name), "text");
        Run run = run("-cp", directory.resolve("classes") + File.pathSeparator + System.getProperty("java.class.path"));
        assertEquals(1, run.status());
        assertTrue(run.output().contains("-Dfugo.native.path=FILE"), run.output());
        assertTrue(run.output().contains("noexec"), run.output());
    }

    @Test
    void nobodyElseCouldReachTheLibraryBeforeItIsLoaded() throws Exception {
        // The file exists for milliseconds only, so start processes until one shows it.
        String seen = "";
        for (int i = 0; i < 20 && seen.isEmpty(); i++) {
            Process process = started("-Djava.io.tmpdir=" + directory);
            while (process.isAlive() && seen.isEmpty()) {
                try (var left = Files.newDirectoryStream(directory, "fugo-*")) {
                    for (Path path : left) {
                        seen = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
                    }
                } catch (IOException e) {
                    // It was deleted after it was listed.
                }
            }
            process.getInputStream().readAllBytes();
            process.waitFor();
        }
        assertEquals("rwx------", seen);
    }
}
