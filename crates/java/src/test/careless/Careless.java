/** Calls a library that breaks a rule of Java's native interface: {@code Careless LIBRARY}. */
final class Careless {
    private Careless() {}

    private static native void call();

    public static void main(String[] arguments) {
        System.load(arguments[0]);
        try {
            call();
        } catch (NoClassDefFoundError e) {
            System.out.println("called");
        }
    }
}
