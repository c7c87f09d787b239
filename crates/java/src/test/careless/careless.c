/* What `java -Xcheck:jni` must complain about: a call with an exception pending. */
#include <jni.h>

JNIEXPORT void JNICALL Java_Careless_call(JNIEnv *env, jclass class) {
    (void)class;
    (*env)->FindClass(env, "no/such/Class");
    (*env)->NewByteArray(env, 1);
}
