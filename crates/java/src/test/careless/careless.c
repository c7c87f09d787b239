/* Breaks a rule that `java -Xcheck:jni` must report: it makes a call while an exception is pending. */
#include <jni.h>

JNIEXPORT void JNICALL Java_Careless_call(JNIEnv *env, jclass class) {
    (void)class;
    (*env)->FindClass(env, "no/such/Class");
    (*env)->NewByteArray(env, 1);
}
