// A thread of the responder that answers.
import '@kakunin/ocsp-responder/worker';
