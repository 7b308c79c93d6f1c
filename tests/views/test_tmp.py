from tests.views.conftest import *
import time,gc
def test_x(run, pictures):
    for i in range(3):
        for p in PAGES:
            t=time.time(); at=open_page(p); a=time.time()-t
            t=time.time(); at.run(); b=time.time()-t
            print(p, round(a,3), round(b,3))
        t=time.time(); gc.collect(); print('gc',time.time()-t)
        st.cache_resource.clear()
    import cProfile,pstats,threading
    from streamlit.testing.v1 import local_script_runner as l
    orig=l.LocalScriptRunner._run_script_thread
    pr=cProfile.Profile()
    def prof(self):
        pr.enable()
        try: orig(self)
        finally: pr.disable()
    l.LocalScriptRunner._run_script_thread=prof
    for p in PAGES: st.cache_resource.clear(); open_page(p)
    pstats.Stats(pr).sort_stats('cumtime').print_stats(45)
    assert 0
